#include "run/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "measure/procfs.h"

static void report(int line, enum keeper_word word, int value)
{
    struct keeper_report message = {.word = word, .value = value};
    /* If nobody listens any more, the line's end says so to the keeper's loop. */
    (void)!send(line, &message, sizeof message, MSG_NOSIGNAL);
}

/* Kills every descendant of this process, and reaps those that are its children by now. Returns
 * true when none is left. */
static bool kill_descendants(void)
{
    struct procfs_tree tree = {0};
    procfs_descendants(getpid(), &tree);
    for (unsigned i = 0; i < tree.count; i++) {
        kill(tree.pids[i], SIGKILL);
    }
    procfs_tree_clear(&tree);
    pid_t reaped;
    do {
        reaped = waitpid(-1, NULL, WNOHANG);
    } while (reaped > 0);
    return reaped < 0 && errno == ECHILD;
}

/* A descriptor cannot be moved onto one that is still needed: first up, then to its place. */
static int place_descriptors(const struct keeper_order *order, int *line)
{
    enum { ABOVE = KEEPER_STACKS + 1 };
    int empty = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int moved[] = {fcntl(empty, F_DUPFD_CLOEXEC, ABOVE),
                   fcntl(order->output, F_DUPFD_CLOEXEC, ABOVE),
                   fcntl(*line, F_DUPFD_CLOEXEC, ABOVE), fcntl(order->wire, F_DUPFD_CLOEXEC, ABOVE),
                   fcntl(order->stacks, F_DUPFD_CLOEXEC, ABOVE)};
    if (dup2(moved[0], 0) < 0 || dup2(moved[1], 1) < 0 || dup2(moved[1], 2) < 0 ||
        dup3(moved[2], 3, O_CLOEXEC) < 0 || dup2(moved[3], KEEPER_WIRE) < 0 ||
        dup2(moved[4], KEEPER_STACKS) < 0) {
        return -1;
    }
    *line = 3;
    close_range(4, KEEPER_WIRE - 1, 0);
    close_range(ABOVE, ~0U, 0);
    return 0;
}

/* The kernel should take the measured process first when memory runs out, not the supervisor. */
static void volunteer_for_oom(void)
{
    int descriptor = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (descriptor >= 0) {
        (void)!write(descriptor, "800", 3);
        close(descriptor);
    }
}

static void reset_signals(void)
{
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The child that becomes the worker. */
__attribute__((noreturn)) static void become_worker(const struct keeper_order *order, int line,
                                                    pid_t keeper)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper) {
        _exit(1); /* the keeper died before the line above */
    }
    /* A workload that signals its own process group must not hit the keeper. */
    setsid();
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    volunteer_for_oom();
    if (order->is_layout_fixed && personality(ADDR_NO_RANDOMIZE) < 0) {
        report(line, KEEPER_LAYOUT_REFUSED, errno);
    }
    if (order->no_huge_pages) {
        prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    }
    reset_signals();
    execve(order->argv[0], (char *const *)order->argv, (char *const *)order->environment);
    report(line, KEEPER_NOT_STARTED, errno);
    _exit(127);
}

/* Reaps what has ended; tells when that was the worker. */
static bool reap(int line, pid_t worker)
{
    bool ended = false;
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid == worker) {
            report(line, KEEPER_ENDED, status);
            ended = true;
        }
    }
    return ended;
}

static void watch(int line, int signals, pid_t worker)
{
    struct pollfd polled[] = {{.fd = line, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    for (;;) {
        if (poll(polled, 2, -1) < 0 && errno != EINTR) {
            return;
        }
        if (polled[1].revents) {
            struct signalfd_siginfo ignored;
            (void)!read(signals, &ignored, sizeof ignored);
            if (reap(line, worker)) {
                return;
            }
        }
        if (polled[0].revents) {
            return; /* told to kill, or the supervisor is gone */
        }
    }
}

__attribute__((noreturn)) static void keep(const struct keeper_order *order, int line)
{
    /* Not "membench": `pkill -9 membench` should not take the one that cleans up. */
    prctl(PR_SET_NAME, "trial-keeper");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    /* A workload can stop its parent. The line tells of the supervisor's death; this wakes. */
    prctl(PR_SET_PDEATHSIG, SIGCONT);
    setsid();

    sigset_t child_signal;
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child_signal, NULL);

    if (place_descriptors(order, &line)) {
        report(line, KEEPER_NOT_STARTED, errno);
        _exit(1);
    }
    int signals = signalfd(-1, &child_signal, SFD_CLOEXEC | SFD_NONBLOCK);
    pid_t own = getpid(), worker = fork();
    if (worker == 0) {
        become_worker(order, line, own);
    }
    /* The wire must end with the worker, so the keeper may not hold it. */
    close(KEEPER_WIRE);
    close(KEEPER_STACKS);
    if (worker < 0 || signals < 0) {
        report(line, KEEPER_NOT_STARTED, errno);
    } else {
        report(line, KEEPER_STARTED, worker);
        watch(line, signals, worker);
    }
    while (!kill_descendants()) {
        usleep(1000);
        /* The worker may be among the killed; its end has been reported, or nobody asks for it. */
    }
    _exit(0);
}

int keeper_start(struct keeper *keeper, const struct keeper_order *order, struct error *err)
{
    int line[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line)) {
        return error_errno(err, "cannot create a socket");
    }
    /* If the keeper is killed itself, its orphans come to us. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t pid = fork();
    if (pid < 0) {
        error_errno(err, "cannot fork");
        close(line[0]);
        close(line[1]);
        return -1;
    }
    if (pid == 0) {
        close(line[0]);
        keep(order, line[1]);
    }
    close(line[1]);
    *keeper = (struct keeper){.pid = pid, .line = line[0]};
    return 0;
}

struct keeper_report keeper_receive(const struct keeper *keeper)
{
    struct keeper_report message = {.word = KEEPER_NOTHING};
    ssize_t length = recv(keeper->line, &message, sizeof message, MSG_DONTWAIT);
    if (length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR)) {
        message.word = KEEPER_GONE;
    } else if (length < 0) {
        message.word = KEEPER_NOTHING;
    }
    return message;
}

void keeper_kill(const struct keeper *keeper)
{
    shutdown(keeper->line, SHUT_WR);
    kill(keeper->pid, SIGCONT); /* a workload may have stopped it */
}

bool keeper_clear(struct keeper *keeper, double seconds)
{
    close(keeper->line);
    double deadline = clock_now() + seconds;
    pid_t reaped;
    while ((reaped = waitpid(keeper->pid, NULL, WNOHANG)) == 0 && clock_now() < deadline) {
        usleep(1000);
    }
    if (reaped == 0) {
        return false;
    }
    bool all_dead;
    while (!(all_dead = kill_descendants()) && clock_now() < deadline) {
        usleep(1000);
    }
    return all_dead;
}
