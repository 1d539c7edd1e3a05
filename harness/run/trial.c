#include "run/trial.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "measure/decay.h"
#include "measure/procfs.h"
#include "run/hearing.h"
#include "run/launch.h"
#include "run/stacks.h"
#include "run/watch.h"

/* The curve's step. A point costs about 0.1 ms of the other processor. */
static const long curve_nanoseconds = 10 * 1000 * 1000;
/* Killing and reaping takes milliseconds; more means a process that cannot be killed. */
static const double kill_seconds = 10;

/* ---- starting ---- */

static int open_descriptors(struct watch *watch, int *worker_wire, int *worker_output,
                            struct error *err)
{
    int wire[2], output[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, wire)) {
        return error_errno(err, "cannot create a socket");
    }
    watch->wire = wire[0];
    *worker_wire = wire[1];
    if (pipe2(output, O_CLOEXEC)) {
        return error_errno(err, "cannot create a pipe");
    }
    watch->output = output[0];
    *worker_output = output[1];
    fcntl(watch->output, F_SETFL, O_NONBLOCK);
    fcntl(watch->wire, F_SETFL, O_NONBLOCK);
    watch->stacks = memfd_create("membench-stacks", MFD_CLOEXEC);
    watch->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    struct itimerspec interval = {.it_interval.tv_nsec = curve_nanoseconds,
                                  .it_value.tv_nsec = curve_nanoseconds};
    if (watch->stacks < 0 || watch->timer < 0 ||
        timerfd_settime(watch->timer, 0, &interval, NULL)) {
        return error_errno(err, "cannot create a timer and a memory file");
    }
    return 0;
}

static void close_descriptors(struct watch *watch)
{
    int *all[] = {&watch->wire, &watch->output, &watch->stacks, &watch->timer};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        cleanup_close_descriptor(all[i]);
        *all[i] = -1;
    }
}

static int start(struct watch *watch, struct error *err)
{
    cleanup_close int worker_wire = -1;
    cleanup_close int worker_output = -1;
    struct text_list argv = {0}, environment = {0};
    int failed = open_descriptors(watch, &worker_wire, &worker_output, err) ||
                 launch_prepare(watch->plan, watch->trial, &argv, &environment, err);
    if (!failed) {
        struct keeper_order order = {
            .argv = (const char *const *)argv.items,
            .environment = (const char *const *)environment.items,
            .wire = worker_wire,
            .stacks = watch->stacks,
            .output = worker_output,
            .is_layout_fixed = watch->plan->options->layout == LAYOUT_FIXED,
            .no_huge_pages = watch->plan->options->no_huge_pages,
        };
        watch->started = clock_now();
        watch->deadline = watch->started + plan_timeout(watch->plan, watch->trial->workload);
        watch->oom_kills = procfs_oom_kills();
        failed = keeper_start(&watch->keeper, &order, err);
    }
    text_list_clear(&argv);
    text_list_clear(&environment);
    return failed ? -1 : 0;
}

/* ---- what time and memory decide ---- */

static void stop_for_memory(struct watch *watch, double tree_private)
{
    double limit = (double)watch->plan->options->memory_limit;
    /* The cheap sum counts pages that a fork shares in each process: check before killing. */
    if (limit <= 0 || tree_private <= limit || reading_tree_pss(&watch->reading) <= limit) {
        return;
    }
    watch_conclude(watch, OUTCOME_OUT_OF_MEMORY,
                   "raise --memory-limit, or make the workload smaller",
                   "its processes passed the memory limit of %.0f MiB", limit / 0x1p20);
    keeper_kill(&watch->keeper);
}

static void take_point(struct watch *watch)
{
    uint64_t expirations;
    (void)!read(watch->timer, &expirations, sizeof expirations);
    struct curve_point point;
    struct record *record = watch->record;
    /* The copy that counts is no process of the workload. */
    if (watch->worker == 0 || watch->is_counting || reading_take_point(&watch->reading, &point)) {
        return;
    }
    if (record->curve_count % 1024 == 0) {
        record->curve = text_grow(record->curve, record->curve_count + 1024, sizeof *record->curve);
    }
    record->curve[record->curve_count++] = point;
    if (watch->observer->moment) {
        watch->observer->moment(watch->observer->context, point.elapsed, point.rss);
    }
    stop_for_memory(watch, point.tree_private);
}

static void meet_deadline(struct watch *watch)
{
    if (watch->is_measured) {
        watch_warn(watch, "the program had not ended %g s after the last sample and was killed",
                   WATCH_LEAVE_SECONDS);
        watch_conclude(watch, OUTCOME_OK, "", "%s", "");
    } else if (watch->record->outcome == OUTCOME_UNFINISHED) {
        free(watch->record->stacks);
        watch->record->stacks = stacks_collect(watch->keeper.pid, watch->worker, watch->stacks);
        watch_conclude(
            watch, OUTCOME_TIMED_OUT, "give more with --timeout, or see what it waits for",
            "not at its end after %g s", plan_timeout(watch->plan, watch->trial->workload));
    }
    keeper_kill(&watch->keeper);
    watch->deadline = HUGE_VAL;
}

static void meet_times(struct watch *watch)
{
    double now = clock_now();
    if (now >= watch->interrupt_at) {
        watch->interrupt_at = HUGE_VAL;
        kill(watch->worker, SIGINT);
    }
    if (now >= watch->deadline) {
        meet_deadline(watch);
    }
}

static void serve(struct watch *watch)
{
    struct pollfd polled[] = {
        {.fd = watch->keeper.line, .events = POLLIN},
        {.fd = watch->wire, .events = POLLIN},
        {.fd = watch->output, .events = POLLIN},
        {.fd = watch->timer, .events = POLLIN},
        {.fd = watch->is_interrupted ? -1 : watch->signals, .events = POLLIN}};
    if (poll(polled, sizeof polled / sizeof *polled, -1) < 0) {
        return; /* EINTR */
    }
    if (polled[0].revents) {
        hearing_keeper(watch);
    }
    if (polled[1].revents && watch->wire >= 0 && watch->worker) {
        hearing_worker(watch);
    }
    if (polled[2].revents && !tail_read(&watch->tail, watch->output)) {
        close(take_descriptor(&watch->output));
    }
    if (polled[3].revents) {
        take_point(watch);
        meet_times(watch);
    }
    if (polled[4].revents) {
        watch->is_interrupted = true;
        watch_conclude(watch, OUTCOME_SKIPPED, "", "%s", RECORD_INTERRUPTED);
        keeper_kill(&watch->keeper);
    }
}

static void read_last_output(struct watch *watch)
{
    struct pollfd polled = {.fd = watch->output, .events = POLLIN};
    while (poll(&polled, 1, 0) > 0 && tail_read(&watch->tail, watch->output)) {
    }
}

static void finish(struct watch *watch)
{
    if (!keeper_clear(&watch->keeper, kill_seconds)) {
        watch_warn(watch, "a process of this trial cannot be killed");
    }
    read_last_output(watch);
    struct record *record = watch->record;
    free(record->output);
    record->output = tail_take(&watch->tail, &record->output_length);
    record->seconds = clock_now() - watch->started;
    decay_fill(record->samples, record->sample_count, record->curve, record->curve_count);
    watch_conclude(watch, OUTCOME_CRASHED, "", "the keeper of the trial was killed");
    if (watch->reading.cannot_inspect) {
        watch_warn(watch, "the owners of its memory are unknown: %s",
                   watch->reading.cannot_inspect);
    }
    reading_close(&watch->reading);
}

int trial_run(const struct plan *plan, const struct trial *trial, int signals,
              const struct observer *observer, struct record *record, struct error *err)
{
    struct watch watch = {.plan = plan,
                          .trial = trial,
                          .record = record,
                          .observer = observer,
                          .wire = -1,
                          .output = -1,
                          .stacks = -1,
                          .timer = -1,
                          .signals = signals,
                          .reading = {.process = -1, .statm = -1},
                          .interrupt_at = HUGE_VAL};
    record_init(record, trial);
    int failed = start(&watch, err);
    while (!failed && !watch.is_gone) {
        serve(&watch);
    }
    if (!failed) {
        finish(&watch);
    }
    close_descriptors(&watch);
    free(watch.types);
    return failed ? -1 : watch.is_interrupted;
}
