/* membench list: what there is. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/run_options.h"
#include "cli/sitting.h"
#include "cli/terminal.h"
#include "measure/metric.h"
#include "plan/setting.h"
#include "plan/workload.h"
#include "report/shell.h"

static int fail(const struct error *err, int status)
{
    error_print(err, stderr);
    return status;
}

/* "name  text", the text wrapped in the room that is left of it. */
static void print_entry(const char *name, unsigned indent, const char *text)
{
    int used = printf("  %s", name);
    if (used + 2 > (int)indent) {
        putchar('\n');
        used = 0;
    }
    printf("%*s", (int)indent - used, "");
    command_line_wrap(text, stdout, indent, indent, terminal_width(stdout));
}

static int list_allocators(const struct options *options)
{
    (void)options;
    enum { INDENT = 24 };
    for (size_t i = 0; i < allocator_count; i++) {
        struct setting setting;
        struct error err;
        if (setting_of_allocator(&setting, allocator_table[i], &err)) {
            return fail(&err, EXIT_NOT_MEASURED);
        }
        print_entry(setting.name, INDENT, allocator_table[i]->summary);
        cleanup_free char *environment = text_join(&setting.environment, " ");
        if (environment[0]) {
            print_entry("", INDENT, environment);
        }
        cleanup_free char *state =
            setting.is_available
                ? text_format("%s, %s", setting.proof.version, setting.proof.library)
                : text_format("not available: %s (%s)", setting.reason, setting.hint);
        print_entry("", INDENT, state);
        setting_clear(&setting);
    }
    return EXIT_DONE;
}

static int list_workloads(const struct options *options)
{
    (void)options;
    enum { INDENT = 24 };
    struct text_list paths = {0};
    struct error err;
    int failed = workload_shipped(&paths, &err);
    for (size_t i = 0; i < paths.count && !failed; i++) {
        struct workload workload;
        failed = workload_load(&workload, paths.items[i], false, &err);
        if (!failed) {
            cleanup_free char *parameters = workload_parameters_text(&workload);
            print_entry(workload.name, INDENT, workload.summary);
            if (parameters[0]) {
                print_entry("", INDENT, parameters);
            }
        }
        workload_clear(&workload);
    }
    text_list_clear(&paths);
    return failed ? fail(&err, EXIT_NOT_MEASURED) : EXIT_DONE;
}

static int list_metrics(const struct options *options)
{
    (void)options;
    enum { INDENT = 30 }; /* "  owner_pymalloc_free_blocks  " */
    for (int i = 0; i < METRIC_COUNT; i++) {
        cleanup_free char *text =
            text_format("%s: %s", metric_unit_name(metric_table[i].unit), metric_table[i].meaning);
        print_entry(metric_table[i].name, INDENT, text);
    }
    return EXIT_DONE;
}

static void print_run(const struct run_info *run)
{
    cleanup_free char *command = shell_repeat(&run->command, run->seed);
    printf("%s  %s  %4zu trials  %s\n  %s\n", run->id, run->started, run->trials,
           run->finished[0] ? "finished" : "not finished", command);
}

static int list_runs(const struct options *options)
{
    struct database database;
    struct run_info *runs;
    size_t count;
    struct error err;
    if (sitting_open_store(&database, options, DATABASE_READ, &err)) {
        return fail(&err, EXIT_NOT_MEASURED);
    }
    int failed = store_list(&database, &runs, &count, &err);
    for (size_t i = 0; i < count; i++) {
        print_run(&runs[i]);
        run_info_clear(&runs[i]);
    }
    free(runs);
    database_close(&database);
    return failed ? fail(&err, EXIT_NOT_MEASURED) : EXIT_DONE;
}

static const struct {
    const char *name;
    int (*function)(const struct options *options);
} lists[] = {
    {"allocators", list_allocators},
    {"workloads", list_workloads},
    {"metrics", list_metrics},
    {"runs", list_runs},
};
enum { LISTS = sizeof lists / sizeof *lists };

static const char *const list_options[] = {"db", "out", "help", NULL};

static void print_help(void)
{
    puts("usage: membench list allocators|workloads|metrics|runs\n\n"
         "  allocators  every named allocator, its settings, and the library that brings it\n"
         "  workloads   the shipped workloads and their parameters\n"
         "  metrics     what is measured at every standstill, and its unit\n"
         "  runs        what the database holds\n");
    run_options_print_some(list_options, stdout, terminal_width(stdout));
}

static int list(const struct options *options)
{
    struct error err;
    const char *wanted = options->workloads.count == 1 ? options->workloads.items[0] : NULL;
    for (size_t i = 0; i < LISTS && wanted; i++) {
        if (strcmp(wanted, lists[i].name) == 0) {
            return lists[i].function(options);
        }
    }
    if (wanted) {
        error_set(&err, "there is no list of '%s'", wanted);
    } else {
        error_set(&err, "'list' takes one word");
    }
    error_hint(&err, "membench list allocators, membench list workloads, membench list metrics, "
                     "membench list runs");
    return fail(&err, EXIT_WRONG_USAGE);
}

int command_list(int argc, char **argv)
{
    struct options options;
    struct error err;
    options_init(&options);
    int status = EXIT_DONE;
    if (run_options_parse(argc, argv, &options, &err) ||
        run_options_allow(&options.given, "list", list_options, &err)) {
        status = fail(&err, EXIT_WRONG_USAGE);
    } else if (options.help) {
        print_help();
    } else {
        status = list(&options);
    }
    options_clear(&options);
    return status;
}
