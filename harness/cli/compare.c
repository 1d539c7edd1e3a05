/* membench compare: one run against another, or against a baseline. */
#include "cli/against.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/stored_command.h"
#include "report/contrast_csv.h"

static int set_control(struct options *options, const char *value, struct error *err)
{
    (void)err;
    options->control = value;
    return 0;
}

static int set_csv(struct options *options, const char *value, struct error *err)
{
    (void)err;
    options->csv = value;
    return 0;
}

static int compare(const struct options *options, int *status, struct error *err)
{
    struct against against;
    if (options->workloads.count != 2) {
        *status = EXIT_WRONG_USAGE;
        error_set(err, "compare takes two: what was before, and what is now");
        return error_hint(err, "'membench list runs' shows the runs; 'last' is the newest");
    }
    if (against_sides(&against, options->workloads.items[0], options->workloads.items[1], options,
                      err)) {
        return -1;
    }
    int failed = against_print(&against, options->no_color, err) || against_publish(&against, err);
    if (!failed && options->csv) {
        failed = contrast_csv_write(&against.contrast, against.candidate_name, options->csv, err);
    }
    *status = failed ? EXIT_NOT_MEASURED : against_status(&against);
    against_clear(&against);
    return failed ? -1 : 0;
}

int command_compare(int argc, char **argv)
{
    static const char *const shared[] = {"out", "db", "bisect", "no-color", "help", NULL};
    static const struct option_info own[] = {
        {0, "control", "ALLOCATOR",
         "between different hosts, what the ratio is taken to (the gate's; else the first that "
         "both have)",
         set_control},
        {0, "csv", "FILE", "write the comparisons to a CSV file as well", set_csv},
    };
    static const struct stored_command command = {
        .name = "compare",
        .usage = "usage: membench compare [OPTIONS] BEFORE NOW\n",
        .about =
            "Compares what was measured now with what was measured before. Each is the id of a "
            "stored run (or the beginning of one, or 'last'), DATABASE:RUN for a run in the "
            "database of another machine, a baseline's file, or the name of one in DIR/baselines. "
            "Memory and time of hosts of different classes are compared as the ratio to the "
            "control allocator of the same run only.",
        .after = "Exit status: 0 nothing is worse, 1 something is, 3 something is unknown, 125 "
                 "something could not be compared. The gates of the plan decide; without any: "
                 "anon, tracked_objects, allocated_blocks and live_bytes at 'end' and 'settled'.",
        .shared = shared,
        .own = own,
        .own_count = sizeof own / sizeof *own,
        .act = compare,
    };
    return stored_command_run(&command, argc, argv);
}
