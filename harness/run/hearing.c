#include "run/hearing.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "measure/procfs.h"
#include "measure/worker_exit.h"
#include "run/standstill.h"

static const char leave_descriptors_hint[] =
    "leave the descriptors alone that the program did not open itself";

static void hear_hello(struct watch *watch, struct wire_hello *hello)
{
    WATCH_TERMINATE(hello->doubt);
    WATCH_TERMINATE(hello->family);
    WATCH_TERMINATE(hello->library);
    WATCH_TERMINATE(hello->build_id);
    WATCH_TERMINATE(hello->version);
    WATCH_TERMINATE(hello->settings);
    WATCH_TERMINATE(hello->python);
    watch->has_said_hello = true;
    watch->record->identity = *hello;
    watch->reading.family = watch->record->identity.family;
    if (!hello->proved) {
        watch_conclude(watch, OUTCOME_NOT_THIS_ALLOCATOR,
                       "membench measures nothing under an allocator that it cannot prove", "%s",
                       hello->doubt);
    }
}

static void hear_failure(struct watch *watch, struct wire_failure *failure)
{
    WATCH_TERMINATE(failure->summary);
    WATCH_TERMINATE(failure->hint);
    WATCH_TERMINATE(failure->traceback);
    bool is_known = failure->outcome > OUTCOME_OK && failure->outcome < OUTCOME_COUNT;
    watch_conclude(watch, is_known ? (enum outcome)failure->outcome : OUTCOME_WORKLOAD_ERROR,
                   failure->hint, "%s", failure->summary);
    record_set_text(&watch->record->traceback, failure->traceback);
}

/* Nothing can be read from the wire now. Returns whether it may still bring something. */
static bool is_only_silent(struct watch *watch, int received)
{
    if (received < 0 && errno == EAGAIN) {
        return true;
    }
    if (received < 0 && errno == EBADMSG) {
        watch_conclude(watch, OUTCOME_WORKLOAD_ERROR, leave_descriptors_hint,
                       "something other than the worker wrote to membench's socket");
        keeper_kill(&watch->keeper);
    }
    return false;
}

/* Hears one message. Returns false if there was none. */
bool hearing_worker(struct watch *watch)
{
    struct wire_message message;
    int received = wire_receive(watch->wire, &message);
    if (received <= 0) {
        if (!is_only_silent(watch, received)) {
            /* The worker has ended, or it will notice at its next word. */
            close(take_descriptor(&watch->wire));
        }
        return false;
    }
    switch ((enum wire_kind)message.kind) {
    case WIRE_HELLO:
        hear_hello(watch, &message.hello);
        break;
    case WIRE_PHASE:
        standstill_phase(watch, &message.phase);
        break;
    case WIRE_COUNTS:
        standstill_counts(watch, &message.counts);
        break;
    case WIRE_DUMPED:
        standstill_dumped(watch);
        break;
    case WIRE_TYPES:
        standstill_types(watch, &message.types);
        break;
    case WIRE_FAILURE:
        hear_failure(watch, &message.failure);
        watch->deadline = clock_now() + WATCH_LEAVE_SECONDS;
        break;
    case WIRE_DONE:
        watch->is_measured = true;
        watch->deadline = clock_now() + WATCH_LEAVE_SECONDS;
        break;
    case WIRE_COUNT:
    case WIRE_DUMP:
    case WIRE_CENSUS:
    case WIRE_GO:
        break;
    }
    return true;
}

/* ---- how the worker ends ---- */

static void conclude_killed(struct watch *watch, int number)
{
    if (watch->is_measured) {
        watch_warn(watch,
                   "the program was killed by signal %d (%s) while it ended, after the last sample",
                   number, strsignal(number));
        watch_conclude(watch, OUTCOME_OK, "", "%s", "");
    } else if (number == SIGKILL && procfs_oom_kills() > watch->oom_kills) {
        watch_conclude(watch, OUTCOME_OUT_OF_MEMORY,
                       "set --memory-limit to end such a trial earlier",
                       "the kernel killed it for want of memory");
    } else {
        watch_conclude(watch, OUTCOME_CRASHED, "", "killed by signal %d (%s)", number,
                       strsignal(number));
    }
}

static void conclude_exited(struct watch *watch, int status)
{
    if (!watch->has_said_hello) {
        watch_conclude(watch, OUTCOME_NOT_THIS_ALLOCATOR, "its output may say why",
                       "the worker left with exit status %d before it could prove its allocator",
                       status);
    } else if (watch->is_measured) {
        watch_conclude(watch, OUTCOME_OK, "", "%s", "");
    } else if (status == WORKER_EXIT_WIRE_LOST) {
        watch_conclude(watch, OUTCOME_WORKLOAD_ERROR, leave_descriptors_hint,
                       "the workload closed membench's socket (descriptor %d)", KEEPER_WIRE);
    } else {
        watch_conclude(watch, OUTCOME_WORKLOAD_ERROR, "does it call os._exit()?",
                       "the process left with exit status %d before its end", status);
    }
}

void hearing_keeper(struct watch *watch)
{
    struct keeper_report report = keeper_receive(&watch->keeper);
    switch (report.word) {
    case KEEPER_NOTHING:
        break;
    case KEEPER_STARTED:
        watch->worker = report.value;
        /* If it has gone already, the next report says how. */
        reading_open(&watch->reading, watch->keeper.pid, report.value, watch->started);
        break;
    case KEEPER_NOT_STARTED:
        watch_conclude(watch, OUTCOME_WORKLOAD_ERROR, "", "the worker cannot be started: %s",
                       strerror(report.value));
        break;
    case KEEPER_LAYOUT_REFUSED:
        watch_warn(watch, "the kernel refuses a fixed address layout (%s): addresses are random",
                   strerror(report.value));
        break;
    case KEEPER_ENDED:
        /* What it said last may still be in the socket. */
        while (watch->wire >= 0 && hearing_worker(watch)) {
        }
        if (WIFSIGNALED(report.value)) {
            conclude_killed(watch, WTERMSIG(report.value));
        } else {
            conclude_exited(watch, WEXITSTATUS(report.value));
        }
        break;
    case KEEPER_GONE:
        watch->is_gone = true;
        break;
    }
}
