/* membench run: from a command line to the store, and from there to files, a table and an exit
 * status. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/progress.h"
#include "cli/render.h"
#include "cli/run_options.h"
#include "cli/sitting.h"
#include "cli/terminal.h"
#include "run/loop.h"

struct run_state {
    struct plan *plan;
    struct sitting *sitting;
    struct progress progress;
};

static void begin_trial(void *context, const struct trial *trial)
{
    struct run_state *state = context;
    progress_begin(&state->progress, trial);
}

static void see_moment(void *context, double seconds, double rss)
{
    struct run_state *state = context;
    progress_moment(&state->progress, seconds, rss);
}

/* What was found out about the setting beforehand, and the worker itself cannot tell. */
static void add_from_setting(struct record *record)
{
    const struct setting *setting = record->trial->setting;
    for (size_t i = 0; i < setting->warnings.count; i++) {
        text_list_add(&record->warnings, setting->warnings.items[i]);
    }
    struct wire_hello *identity = &record->identity;
    if (identity->proved && identity->settings[0] == '\0') {
        text_place(identity->settings, sizeof identity->settings, setting->proof.settings);
    }
}

static int end_trial(void *context, struct record *record, struct error *err)
{
    struct run_state *state = context;
    add_from_setting(record);
    int failed = sitting_add(state->sitting, state->plan, record, err);
    progress_end(&state->progress, record);
    record_clear(record);
    return failed;
}

/* What is shown comes from the store, as `membench report` would show it later. */
static int show(const struct run_state *state, bool *is_complete, struct error *err)
{
    struct stored_run run;
    if (store_load(&state->sitting->database, state->sitting->info.id, &run, err)) {
        return -1;
    }
    int failed = render_files(&run, run.info.out, err);
    failed = render_table(&run, stdout, state->plan->options->no_color, err) || failed;
    printf("%s\n", run.info.out);
    *is_complete = render_is_complete(&run);
    stored_run_clear(&run);
    return failed;
}

/* Runs what is left of the plan and shows the whole run. Returns the exit status. */
static int sit(struct plan *plan, struct sitting *sitting, struct error *err)
{
    struct run_state state = {.plan = plan, .sitting = sitting};
    progress_init(&state.progress, plan, sitting->earlier.record_count);
    struct sink sink = {.context = &state,
                        .begin = begin_trial,
                        .end = end_trial,
                        .observer = {.context = &state, .moment = see_moment}};
    int result =
        loop_run(plan, sitting->earlier.records, sitting->earlier.record_count, &sink, err);
    progress_clear(&state.progress);
    if (result == 0) {
        result = sitting_finish(sitting, err);
    }
    if (result < 0) {
        error_print(err, stderr);
    }
    bool is_complete = false;
    struct error showing;
    int show_failed = show(&state, &is_complete, &showing);
    if (show_failed) {
        error_print(&showing, stderr);
    }
    if (result == 1) {
        fprintf(stderr, "membench: interrupted\nhint: go on with %s\n", sitting->resume);
        return EXIT_INTERRUPTED;
    }
    return result < 0 || show_failed || !is_complete ? EXIT_NOT_MEASURED : EXIT_DONE;
}

static void print_plan(const struct plan *plan)
{
    puts("trial  block  workload                  allocator             object allocator");
    for (size_t i = 0; i < plan->trial_count; i++) {
        const struct trial *trial = &plan->trials[i];
        printf("%5u  %5u  %-24s  %-20s  %s%s\n", trial->number, trial->block, trial->workload->name,
               trial->setting->name, options_object_allocator_name(trial->object_allocator),
               trial->setting->is_available ? "" : "  (skipped: not available)");
    }
    printf("seed %llu\n", (unsigned long long)plan->options->seed);
}

static int begin(struct options *options, int argc, char **argv, struct error *err)
{
    struct plan plan;
    struct sitting sitting = {0};
    int status = EXIT_WRONG_USAGE;
    if (plan_make(&plan, options, err)) {
        error_print(err, stderr);
    } else if (options->dry_run) {
        print_plan(&plan);
        status = EXIT_DONE;
    } else if (sitting_begin(&sitting, &plan, argc, argv, err)) {
        error_print(err, stderr);
        status = EXIT_NOT_MEASURED;
    } else {
        status = sit(&plan, &sitting, err);
    }
    sitting_clear(&sitting);
    plan_clear(&plan);
    return status;
}

/* The stored command line, read again with the stored seed. */
static int reread(const struct sitting *sitting, const struct options *given,
                  struct options *options, struct error *err)
{
    const struct text_list *command = &sitting->info.command;
    options_init(options);
    if (run_options_parse((int)command->count, command->items, options, err)) {
        return -1;
    }
    options->seed = sitting->info.seed;
    options->quiet = given->quiet;
    options->no_color = given->no_color;
    return 0;
}

static int resume(const struct options *given, struct error *err)
{
    struct sitting sitting;
    struct options options = {0};
    struct plan plan = {0};
    int status = EXIT_WRONG_USAGE;
    if (sitting_resume(&sitting, given, err) || reread(&sitting, given, &options, err) ||
        plan_make(&plan, &options, err) ||
        sitting_take_up(&sitting, &plan, given->allow_changed, err)) {
        error_print(err, stderr);
    } else {
        status = sit(&plan, &sitting, err);
    }
    plan_clear(&plan);
    options_clear(&options);
    sitting_clear(&sitting);
    return status;
}

/* A resumed run goes on as it was started: with other options it would be another run. */
static int check_resume(const struct options *options, struct error *err)
{
    if (!options->resume) {
        return 0;
    }
    static const char *const allowed[] = {"resume", "db",       "out",  "allow-changed",
                                          "quiet",  "no-color", "help", NULL};
    if (options->workloads.count > 0) {
        error_set(err, "--resume goes on with a run as it was started, and takes no workload");
        return error_hint(err,
                          "give only --resume RUN, and --db or --out if it is not in ./results");
    }
    return run_options_allow(options, "--resume", allowed, err);
}

int command_run_workloads(int argc, char **argv)
{
    struct options options;
    struct error err;
    options_init(&options);
    int status = EXIT_WRONG_USAGE;
    if (run_options_parse(argc, argv, &options, &err) || check_resume(&options, &err)) {
        error_print(&err, stderr);
    } else if (options.help) {
        run_options_print_help(stdout, terminal_width(stdout));
        status = EXIT_DONE;
    } else {
        status = options.resume ? resume(&options, &err) : begin(&options, argc, argv, &err);
    }
    options_clear(&options);
    return status;
}
