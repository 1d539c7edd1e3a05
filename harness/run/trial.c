#include "run/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "inspect/typed_census.h"
#include "measure/decay.h"
#include "measure/procfs.h"
#include "measure/worker_exit.h"
#include "run/keeper.h"
#include "run/launch.h"
#include "run/reading.h"
#include "run/stacks.h"
#include "run/tail.h"

/* The curve's step. A point costs about 0.1 ms of the other processor. */
static const long curve_nanoseconds = 10 * 1000 * 1000;
/* All is measured when the worker says so; then it may end like python3, but not for ever. */
static const double leave_seconds = 5;
/* Killing and reaping takes milliseconds; more means a process that cannot be killed. */
static const double kill_seconds = 10;

/* jemalloc's is 50 KiB; glibc's grows with its arenas, some 10 KiB each. */
static const size_t most_dump_bytes = 16 * 1024 * 1024;

static const char leave_descriptors_hint[] =
    "leave the descriptors alone that the program did not open itself";

struct watch {
    const struct plan *plan;
    const struct trial *trial;
    struct record *record;
    const struct observer *observer;
    int wire, output, stacks, timer, signals; /* descriptors */
    struct keeper keeper;
    struct reading reading;
    struct tail tail;
    pid_t worker; /* 0 until it is started */
    double started, deadline, interrupt_at;
    uint64_t oom_kills;
    struct wire_type *types; /* of the census that is heard, piece by piece */
    size_t type_count;
    bool is_counting; /* a copy of the worker takes a census */
    bool has_said_hello, is_measured, is_gone, is_interrupted;
};

static void set_text(char **field, const char *text)
{
    free(*field);
    *field = text_copy(text);
}

/* The first thing that goes wrong is the outcome; what follows from it is not. */
static void conclude(struct watch *watch, enum outcome outcome, const char *hint,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));

static void conclude(struct watch *watch, enum outcome outcome, const char *hint,
                     const char *format, ...)
{
    struct record *record = watch->record;
    if (record->outcome != OUTCOME_UNFINISHED) {
        return;
    }
    char summary[WIRE_SUMMARY_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(summary, sizeof summary, format, arguments);
    va_end(arguments);
    text_tame(summary);
    record->outcome = outcome;
    set_text(&record->summary, summary);
    set_text(&record->hint, hint);
}

static void warn(struct watch *watch, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void warn(struct watch *watch, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    text_list_add(&watch->record->warnings, text);
}

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

/* ---- what the worker says ---- */

static void terminate_text(char *text, size_t size)
{
    text[size - 1] = '\0';
}

#define TERMINATE(array) terminate_text(array, sizeof(array))

static void hear_hello(struct watch *watch, struct wire_hello *hello)
{
    TERMINATE(hello->doubt);
    TERMINATE(hello->family);
    TERMINATE(hello->library);
    TERMINATE(hello->build_id);
    TERMINATE(hello->version);
    TERMINATE(hello->settings);
    TERMINATE(hello->python);
    watch->has_said_hello = true;
    watch->record->identity = *hello;
    watch->reading.family = watch->record->identity.family;
    if (!hello->proved) {
        conclude(watch, OUTCOME_NOT_THIS_ALLOCATOR,
                 "membench measures nothing under an allocator that it cannot prove", "%s",
                 hello->doubt);
    }
}

static unsigned count_visits(const struct record *record, const char *phase, unsigned cycle)
{
    unsigned visits = 0;
    for (size_t i = 0; i < record->sample_count; i++) {
        visits += record->samples[i].cycle == cycle && strcmp(record->samples[i].phase, phase) == 0;
    }
    return visits;
}

/* A standstill: read from outside, then ask. The answer is awaited in the loop. */
static void hear_phase(struct watch *watch, struct wire_phase *phase)
{
    TERMINATE(phase->name);
    struct record *record = watch->record;
    if (!watch->has_said_hello || !phase_is_well_formed(phase->name)) {
        conclude(watch, OUTCOME_WORKLOAD_ERROR, "", "the worker's words make no sense");
        keeper_kill(&watch->keeper);
        return;
    }
    struct sample sample = {.cycle = phase->cycle,
                            .visit = count_visits(record, phase->name, phase->cycle) + 1};
    text_place(sample.phase, sizeof sample.phase, phase->name);
    if (reading_take_sample(&watch->reading, &sample)) {
        return; /* it has died meanwhile; the keeper will say how */
    }
    record->samples = text_grow(record->samples, record->sample_count + 1, sizeof *record->samples);
    record->samples[record->sample_count++] = sample;
    wire_send(watch->wire, &(struct wire_message){.kind = WIRE_COUNT});
}

/* The program goes on, with a new peak and new meters. */
static void resume(struct watch *watch, const struct sample *sample)
{
    reading_resume(&watch->reading);
    if (!watch->reading.can_reset_peak && strcmp(sample->phase, PHASE_START) == 0) {
        warn(watch, "the peak could not be reset between phases: phase_peak_rss is sampled only");
    }
    wire_send(watch->wire, &(struct wire_message){.kind = WIRE_GO});
}

static bool wants_dump(const struct watch *watch, const struct sample *sample)
{
    const struct options *options = watch->plan->options;
    bool is_last_end = strcmp(sample->phase, PHASE_END) == 0 && sample->cycle == options->cycles;
    return options->dump && (is_last_end || strcmp(sample->phase, PHASE_RELEASED) == 0);
}

static bool wants_census(const struct watch *watch, const struct sample *sample)
{
    return watch->plan->options->census && strcmp(sample->phase, PHASE_SETTLED) == 0;
}

/* Where what was garbage is known as such: the collector has run, or is about to. */
static bool may_have_garbage(const struct sample *sample)
{
    return strcmp(sample->phase, PHASE_SETTLED) == 0 || strcmp(sample->phase, PHASE_COLLECTED) == 0;
}

/* The last step of a standstill: a census, of all or of garbage alone, if there is a reason. */
static void count_or_resume(struct watch *watch, struct sample *sample)
{
    bool is_whole = wants_census(watch, sample);
    bool has_garbage = sample->values[METRIC_GARBAGE_OBJECTS] > 0;
    if (may_have_garbage(sample) && sample->values[METRIC_GARBAGE_OBJECTS] == 0) {
        sample->values[METRIC_UNCOLLECTABLE_BYTES] = 0;
    }
    if (is_whole || (may_have_garbage(sample) && has_garbage)) {
        struct wire_message message = {.kind = WIRE_CENSUS,
                                       .census.only_garbage = is_whole ? 0 : 1};
        watch->is_counting = true;
        wire_send(watch->wire, &message);
    } else {
        resume(watch, sample);
    }
}

static void add_types(struct watch *watch, struct wire_types *types)
{
    size_t count = types->count < WIRE_TYPES_MOST ? types->count : WIRE_TYPES_MOST;
    watch->types = text_grow(watch->types, watch->type_count + count + 1, sizeof *watch->types);
    for (size_t i = 0; i < count; i++) {
        struct wire_type *type = &watch->types[watch->type_count++];
        *type = types->types[i];
        TERMINATE(type->name);
        text_tame(type->name);
    }
}

static void tell_types(const struct watch *watch, struct population *population)
{
    for (size_t i = 0; i < watch->type_count; i++) {
        const struct wire_type *type = &watch->types[i];
        population_add(population, type->name, (double)type->count, (double)type->bytes,
                       (double)type->garbage_count, (double)type->garbage_bytes);
    }
}

/* The whole census is in: holds it against what is seen from outside while the worker still stands.
 * If the copy has failed, the outside is what remains. */
static void end_census(struct watch *watch, const struct sample *sample, double seconds,
                       bool has_failed)
{
    struct error err;
    struct typed_census outside;
    struct population *population = &watch->record->population;
    text_place(population->phase, sizeof population->phase, sample->phase);
    population->seconds = seconds;
    tell_types(watch, population);
    if (typed_census_take(&outside, watch->worker, watch->record->identity.family, &err)) {
        warn(watch, "at '%s': no census from outside: %s", sample->phase, err.message);
    } else if (has_failed) {
        typed_census_tell(&outside, population);
    } else {
        cleanup_free char *difference =
            typed_census_compare(&outside, watch->types, watch->type_count);
        if (difference) {
            warn(watch, "at '%s': %s", sample->phase, difference);
        }
    }
    typed_census_clear(&outside);
    population_sort(population);
}

static void hear_types(struct watch *watch, struct wire_types *types)
{
    struct record *record = watch->record;
    if (record->sample_count == 0) {
        return;
    }
    struct sample *sample = &record->samples[record->sample_count - 1];
    TERMINATE(types->failure);
    add_types(watch, types);
    if (!types->is_last) {
        return;
    }
    if (wants_census(watch, sample)) {
        end_census(watch, sample, types->seconds, types->failure[0]);
    }
    free(take_pointer(watch->types));
    watch->type_count = 0;
    watch->is_counting = false;
    if (types->failure[0]) {
        warn(watch, "at '%s': no census: %s", sample->phase, types->failure);
    } else if (may_have_garbage(sample)) {
        sample->values[METRIC_UNCOLLECTABLE_BYTES] = types->garbage_bytes;
    }
    resume(watch, sample);
}

static void hear_counts(struct watch *watch, const struct wire_counts *counts)
{
    struct record *record = watch->record;
    if (record->sample_count == 0) {
        return;
    }
    struct sample *sample = &record->samples[record->sample_count - 1];
    cleanup_free char *disagreement = reading_add_counts(&watch->reading, sample, counts);
    if (disagreement) {
        warn(watch, "at '%s': %s", sample->phase, disagreement);
    }
    bool is_start = strcmp(sample->phase, PHASE_START) == 0;
    double duration = watch->plan->options->duration;
    if (is_start && watch->trial->workload->is_script && !isnan(duration)) {
        watch->interrupt_at = clock_now() + duration;
    } else if (!is_start) {
        watch->interrupt_at = HUGE_VAL;
    }
    if (wants_dump(watch, sample)) {
        wire_send(watch->wire, &(struct wire_message){.kind = WIRE_DUMP});
    } else {
        count_or_resume(watch, sample);
    }
}

/* What the worker wrote, out of the descriptor that it shares with stack dumps. */
static char *take_written(int descriptor)
{
    struct stat status;
    size_t size =
        fstat(descriptor, &status) == 0 && status.st_size > 0 ? (size_t)status.st_size : 0;
    size = size < most_dump_bytes ? size : most_dump_bytes;
    char *text = text_allocate(size + 1);
    ssize_t length = pread(descriptor, text, size, 0);
    text[length > 0 ? length : 0] = '\0';
    /* Both have the same open file, so the worker's next word stands at the beginning, too. */
    (void)!ftruncate(descriptor, 0);
    lseek(descriptor, 0, SEEK_SET);
    return text;
}

static void hear_dumped(struct watch *watch)
{
    struct record *record = watch->record;
    if (record->sample_count == 0) {
        return;
    }
    struct sample *sample = &record->samples[record->sample_count - 1];
    cleanup_free char *text = take_written(watch->stacks);
    if (text[0]) {
        record_add_dump(record, sample->phase, take_pointer(text));
    } else {
        warn(watch, "at '%s': %s writes no text of its own, so --dump has none", sample->phase,
             record->identity.family);
    }
    count_or_resume(watch, sample);
}

static void hear_failure(struct watch *watch, struct wire_failure *failure)
{
    TERMINATE(failure->summary);
    TERMINATE(failure->hint);
    TERMINATE(failure->traceback);
    bool is_known = failure->outcome > OUTCOME_OK && failure->outcome < OUTCOME_COUNT;
    conclude(watch, is_known ? (enum outcome)failure->outcome : OUTCOME_WORKLOAD_ERROR,
             failure->hint, "%s", failure->summary);
    set_text(&watch->record->traceback, failure->traceback);
}

/* Nothing can be read from the wire now. Returns whether it may still bring something. */
static bool is_only_silent(struct watch *watch, int received)
{
    if (received < 0 && errno == EAGAIN) {
        return true;
    }
    if (received < 0 && errno == EBADMSG) {
        conclude(watch, OUTCOME_WORKLOAD_ERROR, leave_descriptors_hint,
                 "something other than the worker wrote to membench's socket");
        keeper_kill(&watch->keeper);
    }
    return false;
}

/* Hears one message. Returns false if there was none. */
static bool hear_worker(struct watch *watch)
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
        hear_phase(watch, &message.phase);
        break;
    case WIRE_COUNTS:
        hear_counts(watch, &message.counts);
        break;
    case WIRE_DUMPED:
        hear_dumped(watch);
        break;
    case WIRE_TYPES:
        hear_types(watch, &message.types);
        break;
    case WIRE_FAILURE:
        hear_failure(watch, &message.failure);
        watch->deadline = clock_now() + leave_seconds;
        break;
    case WIRE_DONE:
        watch->is_measured = true;
        watch->deadline = clock_now() + leave_seconds;
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
        warn(watch,
             "the program was killed by signal %d (%s) while it ended, after the last sample",
             number, strsignal(number));
        conclude(watch, OUTCOME_OK, "", "%s", "");
    } else if (number == SIGKILL && procfs_oom_kills() > watch->oom_kills) {
        conclude(watch, OUTCOME_OUT_OF_MEMORY, "set --memory-limit to end such a trial earlier",
                 "the kernel killed it for want of memory");
    } else {
        conclude(watch, OUTCOME_CRASHED, "", "killed by signal %d (%s)", number, strsignal(number));
    }
}

static void conclude_exited(struct watch *watch, int status)
{
    if (!watch->has_said_hello) {
        conclude(watch, OUTCOME_NOT_THIS_ALLOCATOR, "its output may say why",
                 "the worker left with exit status %d before it could prove its allocator", status);
    } else if (watch->is_measured) {
        conclude(watch, OUTCOME_OK, "", "%s", "");
    } else if (status == WORKER_EXIT_WIRE_LOST) {
        conclude(watch, OUTCOME_WORKLOAD_ERROR, leave_descriptors_hint,
                 "the workload closed membench's socket (descriptor %d)", KEEPER_WIRE);
    } else {
        conclude(watch, OUTCOME_WORKLOAD_ERROR, "does it call os._exit()?",
                 "the process left with exit status %d before its end", status);
    }
}

static void hear_keeper(struct watch *watch)
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
        conclude(watch, OUTCOME_WORKLOAD_ERROR, "", "the worker cannot be started: %s",
                 strerror(report.value));
        break;
    case KEEPER_LAYOUT_REFUSED:
        warn(watch, "the kernel refuses a fixed address layout (%s): addresses are random",
             strerror(report.value));
        break;
    case KEEPER_ENDED:
        /* What it said last may still be in the socket. */
        while (watch->wire >= 0 && hear_worker(watch)) {
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

/* ---- what time and memory decide ---- */

static void stop_for_memory(struct watch *watch, double tree_private)
{
    double limit = (double)watch->plan->options->memory_limit;
    /* The cheap sum counts pages that a fork shares in each process: check before killing. */
    if (limit <= 0 || tree_private <= limit || reading_tree_pss(&watch->reading) <= limit) {
        return;
    }
    conclude(watch, OUTCOME_OUT_OF_MEMORY, "raise --memory-limit, or make the workload smaller",
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
        warn(watch, "the program had not ended %g s after the last sample and was killed",
             leave_seconds);
        conclude(watch, OUTCOME_OK, "", "%s", "");
    } else if (watch->record->outcome == OUTCOME_UNFINISHED) {
        free(watch->record->stacks);
        watch->record->stacks = stacks_collect(watch->keeper.pid, watch->worker, watch->stacks);
        conclude(watch, OUTCOME_TIMED_OUT, "give more with --timeout, or see what it waits for",
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
        hear_keeper(watch);
    }
    if (polled[1].revents && watch->wire >= 0 && watch->worker) {
        hear_worker(watch);
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
        conclude(watch, OUTCOME_SKIPPED, "", "%s", RECORD_INTERRUPTED);
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
        warn(watch, "a process of this trial cannot be killed");
    }
    read_last_output(watch);
    struct record *record = watch->record;
    free(record->output);
    record->output = tail_take(&watch->tail, &record->output_length);
    record->seconds = clock_now() - watch->started;
    decay_fill(record->samples, record->sample_count, record->curve, record->curve_count);
    conclude(watch, OUTCOME_CRASHED, "", "the keeper of the trial was killed");
    if (watch->reading.cannot_inspect) {
        warn(watch, "the owners of its memory are unknown: %s", watch->reading.cannot_inspect);
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
