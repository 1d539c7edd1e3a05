#include "base/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"

enum { KEPT = 1 << 20 };

struct stream {
    int descriptor;
    char *text;
    size_t length;
};

/* The child: its own group, nothing inherited but its streams, and no life without us. Not
 * posix_spawn, which cannot ask for the signal on the parent's death. */
__attribute__((noreturn)) static void become(const char *const *argv,
                                             const char *const *environment, int out, int errors,
                                             int failure, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(127);
    }
    setpgid(0, 0);
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int empty = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(empty, 0);
    dup2(out, 1);
    dup2(errors, 2);
    execve(argv[0], (char *const *)argv, (char *const *)environment);
    (void)!write(failure, &errno, sizeof errno);
    _exit(127);
}

/* A pipe that exec closes tells success by its end, and failure by an errno. */
static int start(const char *const *argv, const char *const *environment, int out, int errors,
                 pid_t *pid)
{
    int failure[2];
    if (pipe2(failure, O_CLOEXEC)) {
        return -1;
    }
    cleanup_close int failure_read = failure[0], failure_write = failure[1];
    pid_t own = getpid();
    *pid = fork();
    if (*pid == 0) {
        become(argv, environment, out, errors, failure_write, own);
    }
    if (*pid < 0) {
        return -1;
    }
    close(take_descriptor(&failure_write));
    int code = 0;
    ssize_t got;
    do {
        got = read(failure_read, &code, sizeof code);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) {
        return 0;
    }
    waitpid(*pid, NULL, 0);
    errno = code;
    return -1;
}

/* Reads what is there; what exceeds KEPT is read and dropped. Returns false at the end. */
static bool drain(struct stream *stream)
{
    char buffer[65536];
    ssize_t got = read(stream->descriptor, buffer, sizeof buffer);
    if (got <= 0) {
        return got < 0 && errno == EINTR;
    }
    size_t room = KEPT - stream->length;
    size_t kept = (size_t)got < room ? (size_t)got : room;
    stream->text = text_grow(stream->text, stream->length + kept + 1, 1);
    memcpy(stream->text + stream->length, buffer, kept);
    stream->length += kept;
    stream->text[stream->length] = '\0';
    return true;
}

/* Returns 0 when both streams and the process have ended, -1 when the time was up first. */
static int collect(struct stream streams[2], int process, double deadline)
{
    struct pollfd polled[3] = {{.fd = streams[0].descriptor, .events = POLLIN},
                               {.fd = streams[1].descriptor, .events = POLLIN},
                               {.fd = process, .events = POLLIN}};
    while (polled[0].fd >= 0 || polled[1].fd >= 0 || polled[2].fd >= 0) {
        double left = deadline - clock_now();
        if (left <= 0) {
            return -1;
        }
        if (poll(polled, 3, (int)(left * 1000) + 1) < 0 && errno != EINTR) {
            return -1;
        }
        if (polled[2].revents) {
            polled[2].fd = -1;
        }
        for (int i = 0; i < 2; i++) {
            if (polled[i].revents && !drain(&streams[i])) {
                polled[i].fd = -1;
            }
        }
    }
    return 0;
}

int command_run(const char *const *argv, const char *const *environment, double seconds,
                struct command_output *output, struct error *err)
{
    int out[2], errors[2];
    if (pipe2(out, O_CLOEXEC)) {
        return error_errno(err, "cannot create a pipe");
    }
    cleanup_close int out_read = out[0], out_write = out[1];
    if (pipe2(errors, O_CLOEXEC)) {
        return error_errno(err, "cannot create a pipe");
    }
    cleanup_close int errors_read = errors[0], errors_write = errors[1];

    pid_t pid;
    if (start(argv, environment, out_write, errors_write, &pid)) {
        return error_errno(err, "cannot start '%s'", argv[0]);
    }
    close(take_descriptor(&out_write));
    close(take_descriptor(&errors_write));

    cleanup_close int process = pidfd_open(pid, 0);
    struct stream streams[2] = {{.descriptor = out_read, .text = text_copy("")},
                                {.descriptor = errors_read, .text = text_copy("")}};
    bool late = collect(streams, process, clock_now() + seconds) != 0;
    kill(-pid, SIGKILL);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    *output = (struct command_output){.out = streams[0].text,
                                      .out_length = streams[0].length,
                                      .err = streams[1].text,
                                      .err_length = streams[1].length,
                                      .status = status,
                                      .is_late = late};
    return 0;
}

void command_output_clear(struct command_output *output)
{
    free(output->out);
    free(output->err);
    *output = (struct command_output){0};
}
