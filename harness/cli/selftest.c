/* membench selftest: whether verdicts on this machine are right where the truth is known.
 *
 * One ordinary run, in a temporary directory that goes with it: a shipped workload of one thread
 * under glibc, the same setting under two names, and the same with a fifth more pages to keep. */
#include <math.h>
#include <signal.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/run_options.h"
#include "cli/sitting.h"
#include "cli/terminal.h"
#include "cli/trials.h"
#include "report/grid.h"
#include "stats/self_check.h"

static const char *const selftest_options[] = {"seed", "quiet", "help", NULL};

static void print_help(void)
{
    fputs(
        "usage: membench selftest [OPTIONS]\n\n"
        "Measures a setting against itself, which must come out as the same, and a workload\n"
        "against one that has a fifth more to keep, which must come out as worse. Then shows how\n"
        "much this machine's figures vary, and the smallest effect that so many runs can see.\n"
        "Takes a minute or less; nothing of it is kept.\n\n",
        stdout);
    run_options_print_some(selftest_options, stdout, terminal_width(stdout));
    puts("\nExit status: 0 both came out right, 1 one did not, 125 it could not be measured.");
}

/* ---- the run ---- */

static void order(struct options *options, const char *name, const char *pages)
{
    struct workload_order *added = options_add_order(options);
    added->path = text_copy("legitimate_cache");
    added->name = text_copy(name);
    added->origin = text_copy("selftest");
    text_list_add(&added->parameters, pages);
}

/* 8 blocks are what the first look sees. The workload keeps what it makes, so that what a fifth
 * more of it weighs is certain under any malloc: about 18 % beside what Python weighs itself. */
static void choose(struct options *options, const char *directory)
{
    order(options, "base", "pages=5000");
    order(options, "more", "pages=6000");
    text_list_add(&options->allocators, "a=glibc");
    text_list_add(&options->allocators, "b=glibc");
    options->runs = OPTIONS_AUTO_RUNS;
    options->settle = 0;
    options->out = directory;
}

static int judge(struct sitting *sitting, struct self_check *check, struct error *err)
{
    struct stored_run run;
    if (store_load(&sitting->database, sitting->info.id, &run, err)) {
        return -1;
    }
    self_check_make(check, &run.plan, run.records, run.record_count);
    self_check_measure_noise(check, &run.plan, run.records, run.record_count);
    stored_run_clear(&run);
    return 0;
}

/* Returns 0, 1 if a signal stopped it, or -1. */
static int measure(struct options *options, struct self_check *check, struct error *err)
{
    struct plan plan = {0};
    struct sitting sitting = {0};
    struct text_list command = {0};
    int result = plan_make(&plan, options, err);
    if (result == 0) {
        text_list_add(&command, "selftest");
        result = sitting_begin(&sitting, &plan, &command, "", err);
    }
    if (result == 0) {
        result = trials_run(&plan, &sitting, err);
    }
    if (result == 0) {
        result = judge(&sitting, check, err);
    }
    sitting_clear(&sitting);
    text_list_clear(&command);
    plan_clear(&plan);
    return result;
}

/* ---- what is said of it ---- */

static void print_verdict(const char *what, const struct comparison *comparison,
                          enum verdict wanted)
{
    char ratio[80] = "";
    if (comparison->scale == EFFECT_RATIO && comparison->n > 0) {
        snprintf(ratio, sizeof ratio, ": %.4f [%.4f, %.4f], n = %zu", comparison->effect.estimate,
                 comparison->effect.lower, comparison->effect.upper, comparison->n);
    }
    printf("%-4s  %s: %s%s\n", comparison->verdict == wanted ? "ok" : "fail", what,
           verdict_name(comparison->verdict), ratio);
}

static char *share(double value)
{
    return metric_is_absent(value) ? text_copy("-") : text_format("%.2f%%", 100 * value);
}

static char *visible(double ratio)
{
    return isfinite(ratio) ? text_format("+%.1f%%", 100 * (ratio - 1)) : text_copy("-");
}

static void put_words(struct grid *grid, const char *const *words)
{
    for (size_t i = 0; words[i]; i++) {
        grid_put(grid, text_copy(words[i]), NULL);
    }
}

static void print_noise(const struct self_check *check)
{
    static const char *const head[] = {"",       "CV of a", "CV of b", "no matter",
                                       "8 runs", "12 runs", "20 runs", NULL};
    struct grid grid = {.columns = sizeof head / sizeof *head - 1};
    put_words(&grid, head);
    for (size_t i = 0; i < SELF_CHECK_FIGURES; i++) {
        const struct self_check_noise *noise = &check->noise[i];
        grid_put(&grid, text_format("%s.%s", noise->phase, metric_table[noise->metric].name), NULL);
        grid_put(&grid, share(noise->arms[0].variation), NULL);
        grid_put(&grid, share(noise->arms[1].variation), NULL);
        grid_put(&grid, text_format("%.0f%%", 100 * noise->threshold), NULL);
        for (size_t j = 0; j < LOOKS_COUNT; j++) {
            grid_put(&grid, visible(noise->visible[j]), NULL);
        }
    }
    cleanup_free char *text = grid_text(&grid, "  ", false);
    printf("\nThe smallest effect that so many runs see with a chance of 80 %%:\n%s", text);
    grid_clear(&grid);
}

/* Returns the exit status. */
static int report(const struct self_check *check, struct error *err)
{
    if (check->missing) {
        error_set(err, "the self-test could not be measured: %s", check->missing);
        error_hint(err, "'membench doctor' says what is wrong with this machine");
        error_print(err, stderr);
        return EXIT_NOT_MEASURED;
    }
    print_verdict("a setting against itself", &check->same, VERDICT_SAME);
    print_verdict("the same with a fifth more to keep", &check->worse, VERDICT_WORSE);
    print_noise(check);
    if (!self_check_passes(check)) {
        puts("\nmembench cannot be trusted here: a verdict is wrong\n"
             "hint: try again when the machine is idle; 'membench doctor' says what may disturb");
        return EXIT_REFUTED;
    }
    puts("\nmembench can be trusted here");
    return EXIT_DONE;
}

/* Returns the exit status. */
static int check_in(const char *directory, struct options *options, struct error *err)
{
    struct self_check check = {0};
    choose(options, directory);
    int result = measure(options, &check, err);
    int status = EXIT_INTERRUPTED;
    if (result < 0) {
        error_print(err, stderr);
        status = EXIT_NOT_MEASURED;
    } else if (result == 0) {
        status = report(&check, err);
    }
    self_check_clear(&check);
    return status;
}

static int check_machine(struct options *options, struct error *err)
{
    const char *place = getenv("TMPDIR");
    cleanup_free char *directory =
        text_format("%s/membench-selftest-XXXXXX", place && *place ? place : "/tmp");
    sigset_t stopping, before;
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGINT);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGHUP);
    sigprocmask(SIG_BLOCK, &stopping, &before); /* the loop sees them; the directory must go */
    int status = EXIT_NOT_MEASURED;
    if (!mkdtemp(directory)) {
        error_errno(err, "cannot make the directory '%s'", directory);
        error_hint(err, "set TMPDIR to a directory that can be written to");
        error_print(err, stderr);
    } else {
        status = check_in(directory, options, err);
        if (file_remove_tree(directory, err)) {
            error_print(err, stderr);
        }
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return status;
}

int command_selftest(int argc, char **argv)
{
    struct options options;
    struct error err;
    options_init(&options);
    int status = EXIT_WRONG_USAGE;
    if (run_options_parse(argc, argv, &options, &err) ||
        run_options_allow(&options.given, "selftest", selftest_options, &err)) {
        error_print(&err, stderr);
    } else if (options.help) {
        print_help();
        status = EXIT_DONE;
    } else if (options.workloads.count > 0) {
        error_set(&err, "selftest takes no '%s'", options.workloads.items[0]);
        error_hint(&err, "membench selftest brings its own workload");
        error_print(&err, stderr);
    } else {
        status = check_machine(&options, &err);
    }
    options_clear(&options);
    return status;
}
