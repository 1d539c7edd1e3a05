/* membench baseline save|show|check. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/against.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/stored_command.h"
#include "report/grid.h"
#include "stats/extract.h"
#include "stats/shape.h"

/* ---- save ---- */

/* How far a baseline has moved, for those who review it: slow creep hides in single steps. */
static void print_drift(const char *path, const struct stored_run *run, bool no_color)
{
    struct against against;
    struct error err;
    if (!baseline_is_file(path) || against_file(&against, path, run, &err)) {
        return;
    }
    against_print(&against, no_color, &err);
    putchar('\n');
    against_clear(&against);
}

static int save_run(const struct stored_run *run, const char *path, const struct options *options,
                    struct error *err)
{
    struct baseline baseline;
    if (!against_is_complete(run)) {
        error_set(
            err,
            "the run '%s' is no baseline: it has not finished, or some of its trials were not ok",
            run->info.id);
        return error_hint(err, "'membench report %s' shows it", run->info.id);
    }
    extract_baseline(&baseline, run, NULL, 0);
    int failed = 0;
    if (baseline.series_count == 0) {
        failed = error_set(err, "the run '%s' measured nothing that a gate names", run->info.id);
        error_hint(err, "'membench list metrics' shows what gates can name");
    } else {
        print_drift(path, run, options->no_color);
        failed = baseline_save(&baseline, path, err);
    }
    if (!failed) {
        printf("%s: %zu lists of values from run %s\n", path, baseline.series_count, run->info.id);
    }
    baseline_clear(&baseline);
    return failed;
}

static int save(const struct options *options, const char *path, const char *run_name, int *status,
                struct error *err)
{
    struct stored_run run;
    if (against_load_run(&run, run_name, options, err)) {
        return -1;
    }
    int failed = save_run(&run, path, options, err);
    stored_run_clear(&run);
    *status = EXIT_DONE;
    return failed;
}

/* ---- show ---- */

static char *number_text(double value)
{
    return metric_is_absent(value) ? text_copy("-") : text_format("%.10g", value);
}

static void put_series(struct grid *grid, const struct baseline *baseline,
                       const struct baseline_series *series)
{
    struct shape shape = shape_of(series->values, series->count);
    cleanup_free char *figure = baseline_figure_name(series->phase, series->metric);
    bool is_malloc = series->object_allocator == OBJECT_MALLOC;
    char *name = text_format("%s, %s%s: %s", baseline->workloads[series->workload].name,
                             baseline->allocators[series->allocator].name,
                             is_malloc ? " without pymalloc" : "", figure);
    text_tame(name);
    grid_put(grid, name, NULL);
    grid_put(grid, text_format("%zu", shape.count), NULL);
    grid_put(grid, number_text(shape.median), NULL);
    grid_put(grid, number_text(shape.lowest), NULL);
    grid_put(grid, number_text(shape.highest), NULL);
}

static void print_facts(const struct baseline *baseline)
{
    printf("run %s of membench %s, Python %s\n", baseline->run, baseline->membench,
           baseline->python);
    for (size_t i = 0; i < baseline->host.names.count; i++) {
        printf("%s%s %s", i == 0 ? "host: " : ", ", baseline->host.names.items[i],
               baseline->host.values.items[i]);
    }
    printf("\ncycles %u, settle %g s, layout %s\n", baseline->cycles, baseline->settle,
           options_layout_name(baseline->layout));
    for (size_t i = 0; i < baseline->gate_count; i++) {
        const struct gate *gate = &baseline->gates[i];
        cleanup_free char *name = gate_name(gate);
        cleanup_free char *control = text_copy(gate->control);
        text_tame(control);
        printf("gate %s: %s above %g%%%s%s\n", name, gate_level_name(gate->level),
               100 * gate->threshold, control[0] ? ", control " : "", control);
    }
}

static int show(const char *path, int *status, struct error *err)
{
    struct baseline baseline;
    struct grid grid = {.columns = 5};
    if (baseline_load(&baseline, path, err)) {
        return -1;
    }
    print_facts(&baseline);
    static const char *const heads[] = {"", "n", "median", "lowest", "highest"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        grid_put(&grid, text_copy(heads[i]), NULL);
    }
    for (size_t i = 0; i < baseline.series_count; i++) {
        put_series(&grid, &baseline, &baseline.series[i]);
    }
    cleanup_free char *text = grid_text(&grid, "  ", false);
    fputs(text, stdout);
    grid_clear(&grid);
    baseline_clear(&baseline);
    *status = EXIT_DONE;
    return 0;
}

/* ---- check ---- */

static int check(const struct options *options, const char *path, const char *run_name, int *status,
                 struct error *err)
{
    struct stored_run run;
    struct against against;
    if (against_load_run(&run, run_name, options, err)) {
        return -1;
    }
    int failed = against_file(&against, path, &run, err);
    if (!failed) {
        *status = against_status(&against);
        failed = against_print(&against, options->no_color, err) || against_publish(&against, err);
        against_clear(&against);
    }
    stored_run_clear(&run);
    return failed ? -1 : 0;
}

/* ---- the command ---- */

static int usage(struct error *err, const char *what)
{
    error_set(err, "%s", what);
    return error_hint(err, "baseline save FILE [RUN], show FILE, or check FILE [RUN]");
}

static int act(const struct options *options, int *status, struct error *err)
{
    char **words = options->workloads.items;
    size_t count = options->workloads.count;
    *status = EXIT_WRONG_USAGE;
    if (count < 2) {
        return usage(err, count == 0 ? "what is to be done with which baseline?"
                                     : "the baseline's file is missing");
    }
    bool takes_run = strcmp(words[0], "show") != 0;
    if (count > (takes_run ? 3 : 2)) {
        return usage(err, "too many words");
    }
    cleanup_free char *path = against_path(words[1], options);
    const char *run = count == 3 ? words[2] : "last";
    int failed;
    if (strcmp(words[0], "save") == 0) {
        failed = save(options, path, run, status, err);
    } else if (strcmp(words[0], "check") == 0) {
        failed = check(options, path, run, status, err);
    } else if (!takes_run) {
        failed = show(path, status, err);
    } else {
        cleanup_free char *what = text_format("unknown action '%s'", words[0]);
        return usage(err, what);
    }
    *status = failed ? EXIT_NOT_MEASURED : *status;
    return failed;
}

int command_baseline(int argc, char **argv)
{
    static const char *const shared[] = {"db", "out", "bisect", "no-color", "help", NULL};
    static const struct stored_command command = {
        .name = "baseline",
        .usage = "usage: membench baseline save FILE [RUN]\n"
                 "       membench baseline show FILE\n"
                 "       membench baseline check FILE [RUN]\n",
        .about =
            "A baseline is a text file for version control: what a run measured of the figures "
            "that its gates name, value by value. 'save' makes one, 'check' holds a run against "
            "one, by the gates of the run's plan or else of the file. RUN is the id of a stored "
            "run, 'last' (the default) or DATABASE:RUN. FILE without '/' and '.' is "
            "DIR/baselines/FILE.txt. 'membench run --baseline FILE' measures and checks in one go.",
        .after = "Exit status of check: 0 nothing is worse, 1 something is, 3 something is "
                 "unknown, 125 something could not be compared.",
        .shared = shared,
        .act = act,
    };
    return stored_command_run(&command, argc, argv);
}
