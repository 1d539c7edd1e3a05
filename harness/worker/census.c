#include "worker/census.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "worker/tally.h"

/* Ten million objects take about 2 s; past this it hangs. */
static const double deadline_seconds = 30;

/* The copy has only this thread; what the others held is held for ever. So nothing here may take a
 * lock: no malloc, no stdio. It holds no descriptor of the worker, and a signal that the workload
 * handles ends it or is never delivered. */
static void count_in_copy(struct census_result *result, bool only_garbage)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close_range(0, ~0U, 0);
    struct tally *tally = hash_grab(sizeof *tally);
    tally_prepare(tally, result);
    if (!only_garbage) {
        tally_count_all(tally);
    }
    tally_count_garbage(tally);
    __atomic_store_n(&result->is_done, 1, __ATOMIC_RELEASE);
    _exit(0);
}

/* Not fork(), whose handlers take and reset locks, and not _Fork() either: no SIGCHLD is sent when
 * this child ends, and wait() does not report it, so that the workload never learns of it. */
static pid_t copy_process(int *watched)
{
    int descriptor = -1;
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PIDFD, NULL, &descriptor, NULL, NULL);
    *watched = descriptor;
    return pid;
}

/* Returns whether it ended in time. */
static bool await_end(int watched, double deadline)
{
    struct pollfd polled = {.fd = watched, .events = POLLIN};
    for (;;) {
        double left = deadline - clock_now();
        int ready = poll(&polled, 1, left > 0 ? (int)(left * 1000) + 1 : 0);
        if (ready > 0 || (left <= 0 && ready == 0)) {
            return ready > 0;
        }
        if (ready < 0 && errno != EINTR) {
            return false;
        }
    }
}

static void conclude(struct census *census, const siginfo_t *how, bool is_in_time)
{
    bool has_left = how->si_code == CLD_EXITED;
    census->detail = how->si_status;
    if (!is_in_time) {
        census->end = CENSUS_LATE;
    } else if (!has_left) {
        census->end = CENSUS_CRASHED;
    } else if (how->si_status != 0 || !census->result->is_done) {
        census->end = CENSUS_FAILED;
    } else {
        census->end = CENSUS_DONE;
    }
}

static void await_copy(struct census *census, pid_t pid, int watched, double deadline)
{
    bool is_in_time = await_end(watched, deadline);
    if (!is_in_time) {
        kill(pid, SIGKILL);
    }
    siginfo_t how = {0};
    while (waitid(P_PID, (id_t)pid, &how, WEXITED | __WALL) && errno == EINTR) {
    }
    conclude(census, &how, is_in_time);
}

void census_take(struct census *census, bool only_garbage)
{
    double start = clock_now();
    *census = (struct census){.end = CENSUS_NOT_FORKED};
    void *shared = mmap(NULL, sizeof *census->result, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (shared == MAP_FAILED) {
        census->detail = errno;
        return;
    }
    census->result = shared;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int watched = -1;
    pid_t pid = copy_process(&watched);
    if (pid == 0) {
        count_in_copy(census->result, only_garbage);
    }
    census->detail = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pid > 0) {
        await_copy(census, pid, watched, start + deadline_seconds);
        close(watched);
    }
    census->seconds = clock_now() - start;
}

void census_clear(struct census *census)
{
    if (census->result) {
        munmap(census->result, sizeof *census->result);
    }
    *census = (struct census){0};
}
