#include "tests/support/puppet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

void puppet_die_with(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1); /* it ended before the line above */
    }
}

void puppet_start(struct puppet *puppet, void (*act)(struct puppet *self, void *argument),
                  void *argument)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    pid_t parent = getpid(), pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        puppet_die_with(parent);
        close(ends[0]);
        act(&(struct puppet){.wire = ends[1]}, argument);
        _exit(0);
    }
    close(ends[1]);
    *puppet = (struct puppet){.pid = pid, .wire = ends[0]};
}

void puppet_say(const struct puppet *puppet, long word)
{
    if (send(puppet->wire, &word, sizeof word, MSG_NOSIGNAL) < 0 && puppet->pid) {
        fail_msg("the puppet %d is gone", puppet->pid);
    }
}

long puppet_hear(const struct puppet *puppet)
{
    long word = 0;
    if (recv(puppet->wire, &word, sizeof word, 0) != sizeof word) {
        if (!puppet->pid) {
            _exit(0);
        }
        fail_msg("the puppet %d is gone", puppet->pid);
    }
    return word;
}

int puppet_end(struct puppet *puppet)
{
    int status = 0;
    kill(puppet->pid, SIGKILL);
    assert_int_equal(waitpid(puppet->pid, &status, 0), puppet->pid);
    close(puppet->wire);
    *puppet = (struct puppet){.wire = -1};
    return status;
}

void puppet_await_end(const struct puppet *puppet)
{
    siginfo_t ignored;
    assert_int_equal(waitid(P_PID, (id_t)puppet->pid, &ignored, WEXITED | WNOWAIT), 0);
}

void puppet_warm_up(const struct puppet *self)
{
    for (int i = 0; i < 3; i++) {
        munmap(puppet_touch(4096), 4096);
        puppet_say(self, i);
        puppet_hear(self);
    }
}

void puppet_await_warm(const struct puppet *puppet)
{
    for (int i = 0; i < 3; i++) {
        puppet_hear(puppet);
        puppet_say(puppet, i);
    }
}

/* A sanitizer's own notes about what is touched would count as memory and as faults. */
__attribute__((no_sanitize("address"))) void *puppet_touch(size_t size)
{
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        abort();
    }
    /* In huge pages, the number of pages touched would be another one. */
    madvise(memory, size, MADV_NOHUGEPAGE);
    long page = sysconf(_SC_PAGESIZE);
    for (size_t at = 0; at < size; at += (size_t)page) {
        ((volatile char *)memory)[at] = 1;
    }
    return memory;
}
