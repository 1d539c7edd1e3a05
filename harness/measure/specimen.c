#include "measure/specimen.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

enum command { HOLD = 'h', DROP = 'd', FIX_LAYOUT = 'f' };

/* ---- the child ---- */

static bool obey(char command, unsigned char *memory)
{
    if (command == HOLD) {
        memset(memory, SPECIMEN_FILL, SPECIMEN_BYTES);
        return true;
    }
    if (command == DROP) {
        return madvise(memory, SPECIMEN_BYTES, MADV_DONTNEED) == 0;
    }
    int now = personality(0xffffffff);
    return now >= 0 && personality((unsigned long)now | ADDR_NO_RANDOMIZE) >= 0;
}

__attribute__((noreturn)) static void live(int wire, unsigned char *memory)
{
    char command;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    while (read(wire, &command, 1) == 1) {
        char answer = obey(command, memory) ? 1 : 0;
        if (write(wire, &answer, 1) != 1) {
            break;
        }
    }
    _exit(0);
}

/* ---- the parent ---- */

int specimen_start(struct specimen *specimen, struct error *err)
{
    *specimen = (struct specimen){.pid = -1, .wire = -1};
    int wire[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, wire)) {
        return error_errno(err, "cannot create a socket");
    }
    cleanup_close int own = wire[0], others = wire[1];
    /* Mapped before the fork, so that both know the address; shared by neither. */
    unsigned char *memory = mmap(NULL, SPECIMEN_BYTES, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        return error_errno(err, "cannot map %d bytes", SPECIMEN_BYTES);
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(own);
        live(others, memory);
    }
    int failed = pid < 0 ? error_errno(err, "cannot start a child") : 0;
    munmap(memory, SPECIMEN_BYTES);
    if (!failed) {
        setsockopt(own, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 30},
                   sizeof(struct timeval));
        *specimen = (struct specimen){.pid = pid, .wire = take_descriptor(&own), .memory = memory};
    }
    return failed;
}

static bool command(struct specimen *specimen, enum command command)
{
    char letter = (char)command, answer = 0;
    return send(specimen->wire, &letter, 1, MSG_NOSIGNAL) == 1 &&
           recv(specimen->wire, &answer, 1, 0) == 1 && answer;
}

bool specimen_hold(struct specimen *specimen)
{
    return command(specimen, HOLD);
}

bool specimen_drop(struct specimen *specimen)
{
    return command(specimen, DROP);
}

bool specimen_fix_layout(struct specimen *specimen)
{
    return command(specimen, FIX_LAYOUT);
}

void specimen_end(struct specimen *specimen)
{
    if (specimen->wire >= 0) {
        close(specimen->wire);
    }
    if (specimen->pid > 0) {
        kill(specimen->pid, SIGKILL);
        while (waitpid(specimen->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    *specimen = (struct specimen){.pid = -1, .wire = -1};
}
