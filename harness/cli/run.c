/* membench run: from a command line to the store, and from there to files, a table and an exit
 * status. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "cli/again.h"
#include "cli/against.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/render.h"
#include "cli/run_options.h"
#include "cli/sitting.h"
#include "cli/terminal.h"
#include "cli/trials.h"
#include "plan/claim_print.h"
#include "plan/planfile.h"

/* What is shown comes from the store, as `membench report` would show it later. `status` becomes
 * the exit status. */
static int show(const struct plan *plan, struct sitting *sitting, int *status, struct error *err)
{
    struct stored_run run;
    if (store_load(&sitting->database, sitting->info.id, &run, err)) {
        return -1;
    }
    int failed = render_run(&run, &sitting->database, plan->options, status, err);
    stored_run_clear(&run);
    return failed;
}

/* Runs what is left of the plan and shows the whole run. Returns the exit status. */
static int sit(struct plan *plan, struct sitting *sitting, struct error *err)
{
    int result = trials_run(plan, sitting, err);
    if (result < 0) {
        error_print(err, stderr);
    }
    int status = EXIT_NOT_MEASURED;
    struct error showing;
    int show_failed = show(plan, sitting, &status, &showing);
    if (show_failed) {
        error_print(&showing, stderr);
    }
    if (result == 1) {
        fprintf(stderr, "membench: interrupted\nhint: go on with %s\n", sitting->resume);
        return EXIT_INTERRUPTED;
    }
    return result < 0 || show_failed ? EXIT_NOT_MEASURED : status;
}

static void print_statements(const struct options *options)
{
    for (size_t i = 0; i < options->claim_count; i++) {
        cleanup_free char *claim = claim_print(&options->claims[i]);
        printf("claim %s\n", claim);
    }
    for (size_t i = 0; i < options->gate_count; i++) {
        const struct gate *gate = &options->gates[i];
        cleanup_free char *name = gate_name(gate);
        printf("gate %s %s, threshold %g%s%s\n", name, gate_level_name(gate->level),
               gate->threshold, gate->control[0] ? ", control " : "", gate->control);
    }
}

static void print_plan(const struct plan *plan)
{
    puts("trial  block  workload                  allocator             object allocator");
    for (size_t i = 0; i < plan->trial_count; i++) {
        const struct trial *trial = &plan->trials[i];
        const char *workload = trial->workload->name, *setting = trial->setting->name;
        cleanup_free char *name = utf8_tame(workload, strlen(workload), false);
        cleanup_free char *allocator = utf8_tame(setting, strlen(setting), false);
        printf("%5u  %5u  %-24s  %-20s  %s%s\n", trial->number, trial->block, name, allocator,
               options_object_allocator_name(trial->object_allocator),
               trial->setting->is_available ? "" : "  (skipped: not available)");
    }
    print_statements(plan->options);
    printf("seed %llu\n", (unsigned long long)plan->options->seed);
}

/* Runs a plan that is made, as a new run. Returns the exit status. */
static int begin_run(struct plan *plan, const struct text_list *command, const char *again,
                     struct error *err)
{
    struct sitting sitting = {0};
    int status = EXIT_NOT_MEASURED;
    if (sitting_begin(&sitting, plan, command, again, err)) {
        error_print(err, stderr);
    } else {
        status = sit(plan, &sitting, err);
    }
    sitting_clear(&sitting);
    return status;
}

/* A baseline that cannot be read is better known before the run than after it. */
static int check_baseline(const struct options *options, struct error *err)
{
    struct baseline baseline;
    if (!options->baseline) {
        return 0;
    }
    cleanup_free char *path = against_path(options->baseline, options);
    if (baseline_load(&baseline, path, err)) {
        return -1;
    }
    baseline_clear(&baseline);
    return 0;
}

/* What the command line leaves to the plan's file, and what follows from both. */
static int complete(struct options *options, struct error *err)
{
    if (options->plan_path &&
        ((!options->plan_json && planfile_read(options, err)) || planfile_apply(options, err))) {
        return -1;
    }
    options_choose_runs(options);
    return check_baseline(options, err);
}

static int begin(struct options *options, int argc, char **argv, struct error *err)
{
    struct plan plan = {0};
    struct text_list command = {0};
    int status = EXIT_WRONG_USAGE;
    if (complete(options, err) || plan_make(&plan, options, err)) {
        error_print(err, stderr);
    } else if (options->dry_run) {
        print_plan(&plan);
        status = EXIT_DONE;
    } else {
        sitting_write_command(&command, options, argc, argv);
        status = begin_run(&plan, &command, "", err);
    }
    text_list_clear(&command);
    plan_clear(&plan);
    return status;
}

/* The stored command line, read again with the stored plan and seed. */
static int reread(const struct run_info *info, const struct options *given, struct options *options,
                  struct error *err)
{
    options_init(options);
    if (run_options_parse((int)info->command.count, info->command.items, options, err)) {
        return -1;
    }
    if (info->plan_json[0]) {
        free(options->plan_path);
        options->plan_path = text_copy(info->plan_path);
        options->plan_json = text_copy(info->plan_json);
    }
    if (complete(options, err)) {
        return -1;
    }
    options->seed = info->seed;
    for (size_t i = 0; i < given->formats.count; i++) {
        text_list_add(&options->formats, given->formats.items[i]);
    }
    options->json = given->json;
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
    if (sitting_resume(&sitting, given, err) || reread(&sitting.info, given, &options, err) ||
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

static int repeat(const struct options *given, struct error *err)
{
    struct again again;
    struct options options = {0};
    struct plan plan = {0};
    int status = EXIT_WRONG_USAGE;
    bool is_read = again_load(&again, given, err) == 0 &&
                   reread(&again.earlier.info, given, &options, err) == 0;
    if (is_read) {
        again_adapt(&again, &options);
    }
    if (!is_read || plan_make(&plan, &options, err) ||
        again_check(&again, &plan, given->allow_changed, err)) {
        error_print(err, stderr);
    } else if (given->dry_run) {
        print_plan(&plan);
        status = EXIT_DONE;
    } else {
        const struct run_info *info = &again.earlier.info;
        status = begin_run(&plan, &info->command, info->id, err);
    }
    plan_clear(&plan);
    options_clear(&options);
    again_clear(&again);
    return status;
}

/* A stored run goes on, or is repeated, as it was started: with other options it would be another
 * run. */
static int check_stored(const struct options *options, struct error *err)
{
    static const char *const with_resume[] = {"resume",   "db",   "out",    "allow-changed",
                                              "format",   "json", "bisect", "quiet",
                                              "no-color", "help", NULL};
    static const char *const with_again[] = {"again",    "db",      "out",    "allow-changed",
                                             "format",   "json",    "bisect", "quiet",
                                             "no-color", "dry-run", "help",   NULL};
    if (!options->resume && !options->again) {
        return 0;
    }
    const char *what = options->resume ? "--resume" : "--again";
    if (options->workloads.count > 0) {
        error_set(err, "%s takes a run as it was started, and no workload", what);
        return error_hint(err, "give only %s RUN, and --db or --out if it is not in ./results",
                          what);
    }
    return run_options_allow(&options->given, what, options->resume ? with_resume : with_again,
                             err);
}

static int run_as_asked(struct options *options, int argc, char **argv, struct error *err)
{
    if (options->resume) {
        return resume(options, err);
    }
    return options->again ? repeat(options, err) : begin(options, argc, argv, err);
}

int command_run_workloads(int argc, char **argv)
{
    struct options options;
    struct error err;
    options_init(&options);
    options.bisect = command_line_has(argc, argv, "--bisect");
    int status = EXIT_WRONG_USAGE;
    if (run_options_parse(argc, argv, &options, &err) || check_stored(&options, &err)) {
        error_print(&err, stderr);
    } else if (options.help) {
        run_options_print_help(stdout, terminal_width(stdout));
        status = EXIT_DONE;
    } else {
        status = run_as_asked(&options, argc, argv, &err);
    }
    if (options.bisect) {
        status = exit_status_for_bisect(status);
    }
    options_clear(&options);
    return status;
}
