/* membench report: a stored run, rendered again. */
#include <limits.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/render.h"
#include "cli/sitting.h"
#include "cli/stored_command.h"

/* With --out, into that directory instead of the one that the run was made in, which another
 * machine may not have. */
static int move_results(struct run_info *info, const struct options *options, struct error *err)
{
    char absolute[PATH_MAX];
    if (!options_is_given(options, "out")) {
        return 0;
    }
    if (file_make_directories(options->out, err)) {
        return error_hint(err, "give another directory with --out");
    }
    if (!realpath(options->out, absolute)) {
        return error_errno(err, "cannot use '%s'", options->out);
    }
    free(info->out);
    info->out = text_format("%s/%s", absolute, info->id);
    return 0;
}

/* `status` becomes the exit status. */
static int report(const struct options *options, int *status, struct error *err)
{
    struct database database = {0};
    struct stored_run run;
    if (options->workloads.count != 1) {
        *status = EXIT_WRONG_USAGE;
        error_set(err, "report takes the id of one run");
        return error_hint(err, "'membench list runs' shows all; 'last' is the newest");
    }
    if (sitting_open_store(&database, options, DATABASE_READ, err)) {
        return -1;
    }
    if (store_load(&database, options->workloads.items[0], &run, err)) {
        database_close(&database);
        return -1;
    }
    int failed =
        move_results(&run.info, options, err) || render_run(&run, &database, options, status, err);
    *status = failed ? EXIT_NOT_MEASURED : *status;
    if (run.info.finished[0] == '\0') {
        fprintf(stderr, "membench: the run '%s' has not finished\nhint: go on with --resume %s\n",
                run.info.id, run.info.id);
    }
    database_close(&database);
    stored_run_clear(&run);
    return failed ? -1 : 0;
}

int command_report(int argc, char **argv)
{
    static const char *const shared[] = {"db",     "out",      "baseline", "format", "json",
                                         "bisect", "no-color", "help",     NULL};
    static const struct stored_command command = {
        .name = "report",
        .usage = "usage: membench report [OPTIONS] RUN\n",
        .about =
            "Renders a stored run again: its table, and its files in the run's directory, or in "
            "DIR/RUN if --out is given. RUN is an id of 'membench list runs', or 'last'.",
        .shared = shared,
        .act = report,
    };
    return stored_command_run(&command, argc, argv);
}
