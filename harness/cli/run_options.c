#include "cli/run_options.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/formats.h"

static int set_allocator(struct options *options, const char *value, struct error *err)
{
    (void)err;
    text_list_add(&options->allocators, value);
    return 0;
}

static int set_parameter(struct options *options, const char *value, struct error *err)
{
    (void)err;
    text_list_add(&options->parameters, value);
    return 0;
}

static int set_environment(struct options *options, const char *value, struct error *err)
{
    (void)err;
    text_list_add(&options->environment, value);
    return 0;
}

static int set_venv(struct options *options, const char *value, struct error *err)
{
    char directory[PATH_MAX];
    if (value[0] != '/' && !getcwd(directory, sizeof directory)) {
        return error_errno(err, "cannot tell the working directory");
    }
    /* Links stay: a venv's own python3 is one. */
    free(options->venv);
    options->venv = value[0] == '/' ? text_copy(value) : text_format("%s/%s", directory, value);
    return 0;
}

static int set_out(struct options *options, const char *value, struct error *err)
{
    (void)err;
    options->out = value;
    return 0;
}

static int set_db(struct options *options, const char *value, struct error *err)
{
    (void)err;
    options->db = value;
    return 0;
}

static int set_resume(struct options *options, const char *value, struct error *err)
{
    (void)err;
    options->resume = value;
    return 0;
}

static int set_again(struct options *options, const char *value, struct error *err)
{
    (void)err;
    options->again = value;
    return 0;
}

static int set_baseline(struct options *options, const char *value, struct error *err)
{
    (void)err;
    options->baseline = value;
    return 0;
}

static int add_claim(struct options *options, const char *value, struct error *err)
{
    return options_add_claim(options, value, NULL, NULL, err);
}

static int set_plan(struct options *options, const char *value, struct error *err)
{
    (void)err;
    free(options->plan_path);
    options->plan_path = text_copy(value);
    return 0;
}

static int set_allow_changed(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->allow_changed = true;
    return 0;
}

static int set_dry_run(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->dry_run = true;
    return 0;
}

static int set_bisect(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->bisect = true;
    return 0;
}

static int set_dump(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->dump = true;
    return 0;
}

static int set_census(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->census = true;
    return 0;
}

static int set_tick(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->tick = true;
    return 0;
}

static int set_script(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->as_script = true;
    return 0;
}

static int set_quiet(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->quiet = true;
    return 0;
}

static int set_no_color(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->no_color = true;
    return 0;
}

static int add_format(struct options *options, const char *value, struct error *err)
{
    return formats_add(&options->formats, value, err);
}

static int set_json(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->json = true;
    return 0;
}

static int set_help(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->help = true;
    return 0;
}

const struct option_info run_option_table[] = {
    {'a', "alloc", "NAMES",
     "allocators: a comma list of names, or one definition NAME=BASE[;VARIABLE=VALUE]..., BASE a "
     "listed name or the absolute path of a library; repeatable (default: every family that is "
     "installed, as it comes)",
     set_allocator},
    {0, "object-allocator", "WHICH",
     "CPython's own layer for small objects: pymalloc, malloc (off) or both (pymalloc)",
     options_set_object_allocator},
    {'p', "param", "NAME=VALUE", "a parameter of the workloads, typed as its default; repeatable",
     set_parameter},
    {'n', "runs", "N|auto",
     "fresh processes per workload and allocator; auto: as many as the verdicts on claims and "
     "gates "
     "need (5; auto with claims or gates)",
     options_set_runs},
    {0, "cycles", "N", "calls of run(p) in one process: does it grow with every burst? (1)",
     options_set_cycles},
    {0, "settle", "SECONDS", "idle time between 'end' and 'settled' (1)", options_set_settle},
    {0, "tick", NULL, "light traffic while it settles: the workload's tick(), every 100 ms",
     set_tick},
    {0, "dump", NULL,
     "keep what the allocator writes of itself at 'end' and 'released', in its own words; writing "
     "it may allocate, after the sample is read",
     set_dump},
    {0, "census", NULL,
     "objects and bytes by type at 'settled', strings and numbers too, counted in a forked copy of "
     "the program, which stands still for about 0.3 s per million objects",
     set_census},
    {0, "timeout", "SECONDS", "a trial that takes longer is ended (the workload's own, else 300)",
     options_set_timeout},
    {0, "duration", "SECONDS", "end a script after that time by KeyboardInterrupt, as Ctrl-C does",
     options_set_duration},
    {0, "memory-limit", "SIZE",
     "memory of all processes of a trial: bytes, or with K, M, G (80 % of what is available)",
     options_set_memory_limit},
    {'E', "env", "NAME[=VALUE]",
     "a variable of the program's environment, which is small otherwise; repeatable",
     set_environment},
    {0, "venv", "DIR", "a virtual environment (the active one)", set_venv},
    {0, "script", NULL, "run the file as __main__, even if it defines run(p)", set_script},
    {0, "layout", "WHICH",
     "random: addresses, hash seed and environment size vary with each trial; fixed: they do not, "
     "and a single-threaded program repeats to the KiB (random)",
     options_set_layout},
    {0, "claim", "TEXT",
     "a sentence that the run is to confirm or refute, such as 'tcmalloc end.anon <= 0.80 * glibc' "
     "or 'end.anon <= 300MiB on app'; repeatable. " CLAIM_GRAMMAR,
     add_claim},
    {0, "plan", "FILE",
     "a plan in TOML: workloads with their parameters, settings of the run, claims, gates; what is "
     "given here goes before it",
     set_plan},
    {0, "baseline", "FILE",
     "hold the run against a baseline ('membench baseline save'), by the gates of the plan: exit "
     "status 1 if anything is worse",
     set_baseline},
    {0, "thp", "MODE", "transparent huge pages: host, as this machine is set, or off (host)",
     options_set_thp},
    {0, "seed", "N", "of the order of trials and of random layouts (drawn anew)", options_set_seed},
    {'o', "out", "DIR", "where the run's directory is made (./results)", set_out},
    {0, "db", "FILE", "the database that keeps every run (membench.db in the --out directory)",
     set_db},
    {0, "format", "FORMATS",
     "what the run's directory holds besides the page and the CSV files: a comma list; repeatable",
     add_format},
    {0, "json", NULL, "print report.json instead of the table and the directory", set_json},
    {0, "dry-run", NULL, "print the trials in their order and run nothing", set_dry_run},
    {0, "resume", "RUN",
     "go on with a run that was stopped, in the way it was started; give only --db or --out with "
     "it, and how it is shown",
     set_resume},
    {0, "again", "RUN",
     "repeat a stored run, in the same order and layouts, and say whether it was reproduced; give "
     "only --db or --out with it, and how it is shown",
     set_again},
    {0, "allow-changed", NULL,
     "with --resume and --again: although a workload's file has changed, or a library",
     set_allow_changed},
    {0, "bisect", NULL,
     "leave with 0, 1 (a claim is refuted) or 125 only, as 'git bisect run' wants it", set_bisect},
    {'q', "quiet", NULL, "no progress", set_quiet},
    {0, "no-color", NULL, "no colours", set_no_color},
    {'h', "help", NULL, "this text", set_help},
};
const size_t run_option_count = sizeof run_option_table / sizeof *run_option_table;

int run_options_parse(int argc, char **argv, struct options *options, struct error *err)
{
    return command_line_parse(run_option_table, run_option_count, argc, argv, options, err);
}

static void print_option(const struct option_info *info, FILE *out, unsigned width)
{
    command_line_print(info, 1, out, width);
    if (info->set == add_format) {
        formats_print_help(out, COMMAND_LINE_INDENT, width);
    }
}

void run_options_print_help(FILE *out, unsigned width)
{
    fputs("usage: membench [run] [OPTIONS] WORKLOAD... [-- ARGUMENTS]\n\n", out);
    command_line_wrap(
        "A WORKLOAD is a Python file or the name of a shipped one. A file that defines "
        "run(p) is measured between its phases; any other is run as 'python3 FILE "
        "ARGUMENTS' would.",
        out, 0, 0, width);
    fputc('\n', out);
    for (size_t i = 0; i < run_option_count; i++) {
        print_option(&run_option_table[i], out, width);
    }
    fputs("\nexamples:\n"
          "  membench --alloc glibc,tcmalloc,jemalloc request_bursts\n"
          "  membench -a glibc,jemalloc-background -n 8 --duration 20 server.py -- --port 0\n"
          "  membench -a 'mine=/opt/libmine.so' -p batches=20 --layout fixed pinned_buffers\n",
          out);
}

void run_options_print_some(const char *const *names, FILE *out, unsigned width)
{
    for (; *names; names++) {
        for (size_t i = 0; i < run_option_count; i++) {
            if (strcmp(run_option_table[i].name, *names) == 0) {
                print_option(&run_option_table[i], out, width);
            }
        }
    }
}

int run_options_allow(const struct text_list *given, const char *what, const char *const *allowed,
                      struct error *err)
{
    for (size_t i = 0; i < given->count; i++) {
        bool is_allowed = false;
        for (const char *const *name = allowed; *name; name++) {
            is_allowed |= strcmp(*name, given->items[i]) == 0;
        }
        if (!is_allowed) {
            error_set(err, "%s takes no option '--%s'", what, given->items[i]);
            return error_hint(err, "--help shows what it takes");
        }
    }
    return 0;
}
