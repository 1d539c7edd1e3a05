/* membench run: from a command line to files, a table and an exit status. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/progress.h"
#include "cli/run_options.h"
#include "cli/terminal.h"
#include "plan/plan.h"
#include "report/csv.h"
#include "report/summary.h"
#include "report/table.h"
#include "run/loop.h"

/* What one run leaves behind, as it grows. */
struct run_files {
    char *directory; /* DIR/<run> */
    char *name;
    struct csv_files csv;
};

struct run_state {
    const struct plan *plan;
    struct run_files files;
    struct progress progress;
    struct record *records;
    size_t record_count;
};

/* DIR/20261123-051230, or with -2, -3, ... behind it if that is taken. */
static int make_directory(struct run_files *files, const char *out, struct error *err)
{
    if (file_make_directories(out, err)) {
        return error_hint(err, "give another directory with --out");
    }
    char moment[32];
    time_t now = time(NULL);
    strftime(moment, sizeof moment, "%Y%m%d-%H%M%S", localtime(&now));
    for (unsigned attempt = 1; attempt <= 1000; attempt++) {
        cleanup_free char *suffix = attempt > 1 ? text_format("-%u", attempt) : text_copy("");
        free(files->name);
        free(files->directory);
        files->name = text_format("%s%s", moment, suffix);
        files->directory = text_format("%s/%s", out, files->name);
        if (mkdir(files->directory, 0777) == 0) {
            return 0;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    error_errno(err, "cannot create directory '%s'", files->directory);
    return error_hint(err, "give another directory with --out");
}

/* Before the first trial, so that a bad place fails at once and not after an hour. */
static int open_files(struct run_files *files, const struct options *options, struct error *err)
{
    if (make_directory(files, options->out, err)) {
        return -1;
    }
    return csv_open(&files->csv, files->directory, files->name, err);
}

static void clear_files(struct run_files *files)
{
    struct error ignored;
    csv_close(&files->csv, &ignored);
    free(files->directory);
    free(files->name);
}

static int write_output(const struct run_state *state, const struct record *record,
                        struct error *err)
{
    if (record->output_length == 0) {
        return 0;
    }
    cleanup_free char *directory = text_format("%s/output", state->files.directory);
    cleanup_free char *path = text_format("%s/trial-%04u.txt", directory, record->trial->number);
    return file_make_directories(directory, err) ||
                   file_write(path, record->output, record->output_length, err)
               ? -1
               : 0;
}

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
    int failed = csv_add(&state->files.csv, state->plan, record, err);
    failed = write_output(state, record, err) || failed;
    progress_end(&state->progress, record);
    /* The curve is in its file, and long: the summary does without it. */
    free(take_pointer(record->curve));
    record->curve_count = 0;
    state->records =
        text_grow(state->records, state->record_count + 1, sizeof *state->records);
    state->records[state->record_count++] = *record;
    return failed ? -1 : 0;
}

static void clear_records(struct run_state *state)
{
    for (size_t i = 0; i < state->record_count; i++) {
        record_clear(&state->records[i]);
    }
    free(state->records);
}

static bool all_expected(const struct run_state *state)
{
    for (size_t i = 0; i < state->record_count; i++) {
        if (!record_is_expected(&state->records[i])) {
            return false;
        }
    }
    return true;
}

static void print_summary(const struct run_state *state)
{
    struct summary summary;
    summary_make(&summary, state->plan, state->records, state->record_count);
    table_print(&summary, stdout, terminal_width(stdout),
                terminal_has_color(stdout, state->plan->options->no_color), terminal_is_utf8());
    summary_clear(&summary);
    printf("%s\n", state->files.directory);
    fflush(stdout);
}

static int run_plan(const struct plan *plan, struct error *err)
{
    struct run_state state = {.plan = plan};
    if (open_files(&state.files, plan->options, err)) {
        error_print(err, stderr);
        clear_files(&state.files);
        return EXIT_NOT_MEASURED;
    }
    progress_init(&state.progress, plan);
    struct sink sink = {.context = &state,
                        .begin = begin_trial,
                        .end = end_trial,
                        .observer = {.context = &state, .moment = see_moment}};
    int result = loop_run(plan, &sink, err);
    progress_clear(&state.progress);
    struct error closing;
    int close_failed = csv_close(&state.files.csv, &closing);
    print_summary(&state);
    if (result < 0 || close_failed) {
        error_print(result < 0 ? err : &closing, stderr);
    }
    int status = result < 0 || close_failed || !all_expected(&state) ? EXIT_NOT_MEASURED : EXIT_DONE;
    clear_records(&state);
    clear_files(&state.files);
    return result == 1 ? EXIT_INTERRUPTED : status;
}

int command_run_workloads(int argc, char **argv)
{
    struct options options;
    struct plan plan = {0};
    struct error err;
    options_init(&options);
    int status = EXIT_WRONG_USAGE;
    if (run_options_parse(argc, argv, &options, &err)) {
        error_print(&err, stderr);
    } else if (options.help) {
        run_options_print_help(stdout, terminal_width(stdout));
        status = EXIT_DONE;
    } else if (plan_make(&plan, &options, &err)) {
        error_print(&err, stderr);
    } else {
        status = run_plan(&plan, &err);
    }
    plan_clear(&plan);
    options_clear(&options);
    return status;
}
