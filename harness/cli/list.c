/* membench list: what there is. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/commands.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/terminal.h"
#include "measure/metric.h"
#include "plan/setting.h"
#include "plan/workload.h"

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

static int list_allocators(void)
{
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

static int list_workloads(void)
{
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

static int list_metrics(void)
{
    enum { INDENT = 24 };
    for (int i = 0; i < METRIC_COUNT; i++) {
        cleanup_free char *text = text_format("%s: %s", metric_unit_name(metric_table[i].unit),
                                              metric_table[i].meaning);
        print_entry(metric_table[i].name, INDENT, text);
    }
    return EXIT_DONE;
}

static const struct {
    const char *name;
    int (*function)(void);
} lists[] = {
    {"allocators", list_allocators},
    {"workloads", list_workloads},
    {"metrics", list_metrics},
};
enum { LISTS = sizeof lists / sizeof *lists };

int command_list(int argc, char **argv)
{
    const char *wanted = argc > 1 ? argv[1] : "";
    if (strcmp(wanted, "--help") == 0 || strcmp(wanted, "-h") == 0) {
        puts("usage: membench list allocators|workloads|metrics\n\n"
             "  allocators  every named allocator, its settings, and the library that brings it\n"
             "  workloads   the shipped workloads and their parameters\n"
             "  metrics     what is measured at every standstill, and its unit");
        return EXIT_DONE;
    }
    for (size_t i = 0; i < LISTS && argc == 2; i++) {
        if (strcmp(wanted, lists[i].name) == 0) {
            return lists[i].function();
        }
    }
    struct error err;
    if (argc != 2) {
        error_set(&err, "'list' takes one word");
    } else {
        error_set(&err, "there is no list of '%s'", wanted);
    }
    error_hint(&err, "membench list allocators, membench list workloads, membench list metrics");
    return fail(&err, EXIT_WRONG_USAGE);
}
