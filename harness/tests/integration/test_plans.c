/* Plans, claims on the command line, and runs that are repeated. */
#include "tests/support/membench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "store/store.h"

static const char holds[] = "PARAMS = {\"mib\": 1, \"f\": 0.5}\n"
                            "def run(p):\n"
                            "    held = b'x' * (p.mib << 20)\n"
                            "    yield 'loaded'\n"
                            "    return held\n";

static const char plan[] = "title = \"Two sizes\"\n"
                           "description = \"\xc3\xa4\"\n"
                           "[run]\n"
                           "runs = 2\n"
                           "settle = 0.05\n"
                           "seed = 77\n"
                           "allocators = [\"glibc\", \"mine=glibc;MALLOC_ARENA_MAX=1\"]\n"
                           "[[workload]]\n"
                           "file = \"holds.py\"\n"
                           "parameters = {mib = 4, f = 0.1}\n"
                           "[[workload]]\n"
                           "file = \"holds.py\"\n"
                           "parameters = {mib = 16}\n"
                           "[[workload]]\n"
                           "file = \"idle\"\n"
                           "name = \"floor\"\n"
                           "[[claim]]\n"
                           "text = \"mine end.anon <= 1.10 * glibc on holds\"\n"
                           "title = \"One arena costs nothing\"\n"
                           "source = \"https://example.org\"\n"
                           "[gate.end.anon]\n"
                           "level = \"warn\"\n"
                           "control = \"glibc\"\n";

/* The newest run of the working directory's store. */
static void load(struct membench *run, struct stored_run *stored)
{
    struct error err = {0};
    struct database database;
    if (database_open(&database, membench_path(run, "results/membench.db"), DATABASE_READ, &err) ||
        store_load(&database, "last", stored, &err)) {
        fail_msg("%s", err.message);
    }
    database_close(&database);
}

static void write_plan(struct membench *run)
{
    membench_write(run, "plans/holds.py", holds);
    membench_write(run, "plans/ci.toml", plan);
}

static void a_plan_runs_from_end_to_end(void **state)
{
    struct membench *run = *state;
    write_plan(run);
    membench_run(run, "--plan", "plans/ci.toml");
    membench_expect(run, 3); /* too few runs for the claim */
    assert_int_equal(run->trials.count, 1 + 12);
    for (unsigned trial = 1; trial <= 12; trial++) {
        assert_string_equal(membench_field(run, "outcome", .trial = trial), "ok");
    }
    assert_int_equal(membench_count(run, "loaded", "anon"), 8);
}

static void one_workload_runs_with_two_sets_of_parameters(void **state)
{
    struct membench *run = *state;
    write_plan(run);
    membench_run(run, "--plan", "plans/ci.toml", "-n", "1", "-a", "glibc");
    /* The claim and the gate are about what is no more in the run. */
    membench_expect(run, 2);
    membench_expect_text(run->err, "allocator 'mine'");
    membench_run(run, "--plan", "plans/ci.toml", "-n", "1");
    membench_expect(run, 3); /* too few runs for the claim */
    double small = membench_value(run, "end", "anon", .workload = "holds", .allocator = "mine");
    double large = membench_value(run, "end", "anon", .workload = "holds-2", .allocator = "mine");
    assert_true(large - small > 11.5 * 0x1p20 && large - small < 12.5 * 0x1p20);
    assert_int_equal(membench_count(run, "end", "anon", .workload = "floor"), 2);
    membench_expect_text(run->out, "mib=4 f=0.1");
    membench_expect_text(run->out, "mib=16 f=0.5");
}

static void the_command_line_goes_before_the_plan(void **state)
{
    struct membench *run = *state;
    write_plan(run);
    membench_run(run, "--plan", "plans/ci.toml", "-n", "1", "--seed", "3", "-p", "mib=2", "-p",
                 "f=0.25", "--claim", "floor.anon <= 3");
    membench_expect(run, 125); /* no trial comes by a phase "floor" */
    struct stored_run stored;
    load(run, &stored);
    assert_int_equal(stored.options.runs, 1);
    assert_int_equal(stored.info.seed, 3);
    assert_true(stored.options.settle == 0.05);
    assert_int_equal(stored.plan.setting_count, 2);
    for (size_t i = 0; i < 2; i++) {
        cleanup_free char *parameters = workload_parameters_text(&stored.plan.workloads[i]);
        assert_string_equal(parameters, "mib=2 f=0.25");
    }
    assert_int_equal(stored.options.claim_count, 2);
    stored_run_clear(&stored);
}

static void workloads_of_the_command_line_replace_the_plans(void **state)
{
    struct membench *run = *state;
    write_plan(run);
    membench_write(run, "plans/bare.toml",
                   "[run]\nruns = 1\nsettle = 0\n[[workload]]\n"
                   "file = \"missing.py\"\n");
    membench_run(run, "--plan", "plans/bare.toml", "-a", "glibc", "idle");
    membench_expect(run, 0);
    assert_int_equal(run->trials.count, 2);
    assert_string_equal(membench_field(run, "workload", .trial = 1), "idle");
}

static void claims_and_gates_are_stored_with_the_run(void **state)
{
    struct membench *run = *state;
    write_plan(run);
    membench_run(run, "--plan", "plans/ci.toml", "-n", "1");
    membench_expect(run, 3); /* too few runs for the claim */
    struct stored_run stored;
    load(run, &stored);
    assert_string_equal(stored.options.title, "Two sizes");
    assert_string_equal(stored.options.description, "\xc3\xa4");
    assert_string_equal(stored.info.plan_path, membench_path(run, "plans/ci.toml"));
    assert_int_equal(stored.options.claim_count, 1);
    const struct claim *claim = &stored.options.claims[0];
    assert_string_equal(claim->text, "mine end.anon <= 1.10 * glibc on holds");
    assert_string_equal(claim->title, "One arena costs nothing");
    assert_string_equal(claim->source, "https://example.org");
    assert_string_equal(claim->right.allocator, "glibc");
    assert_int_equal(stored.options.gate_count, 1);
    const struct gate *gate = &stored.options.gates[0];
    assert_string_equal(gate->phase, "end");
    assert_int_equal(gate->level, GATE_WARN);
    assert_string_equal(gate->control, "glibc");
    stored_run_clear(&stored);
}

static void claims_of_the_command_line_are_read_before_anything_runs(void **state)
{
    struct membench *run = *state;
    membench_run(run, "--claim", "glibc end.anno <= 3MiB", "idle");
    membench_expect(run, 2);
    membench_expect_text(run->err, "membench: --claim: cannot read the claim: unknown metric");
    membench_expect_text(run->err, "\n  glibc end.anno <= 3MiB\n            ^\nhint: did you mean");
    membench_run(run, "-a", "glibc", "--claim", "tcmalloc end.anon <= 0.8 * glibc", "idle");
    membench_expect(run, 2);
    membench_expect_text(run->err, "-a tcmalloc");
    assert_int_not_equal(access(membench_path(run, "results"), F_OK), 0);
}

static void claims_make_the_number_of_runs_auto(void **state)
{
    struct membench *run = *state;
    membench_run(run, "--dry-run", "-a", "glibc", "--claim", "end.anon <= 3MiB", "idle");
    membench_expect(run, 0);
    membench_expect_text(run->out, "\n    8      8  idle");
    membench_expect_text(run->out, "\nclaim end.anon <= 3MiB\n");
    membench_run(run, "--dry-run", "-a", "glibc", "-n", "auto", "idle");
    membench_expect_text(run->out, "\n    8      8  idle");
    membench_run(run, "--dry-run", "-a", "glibc", "-n", "2", "--claim", "end.anon <= 3", "idle");
    assert_null(strstr(run->out, "\n    3 "));
}

static void what_is_wrong_with_a_plan_is_told_with_its_place(void **state)
{
    struct membench *run = *state;
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"[run]\nruns = 5\n  settle 3\n", "line 3, column 10: expected '='"},
        {"[run]\nruns = 5\n  settle 3\n", "\n    settle 3\n           ^\nhint: "},
        {"title = \"open\n", "line 1, column 14: illegal character"},
        {"a = [1,\n", "line 2, column 1: "},
        {"[gate.anon]\n[gate.anon]\n", "line 2, column 11: cannot declare 'gate.anon' twice"},
        {"[gate.\"end.anon\"]\n[gate.end]\nanon = {}\n",
         "gate.end.anon: the gate stands there twice"},
        {"[run]\nrnus = 5\n", "run.rnus: unknown key\nhint: did you mean 'runs'"},
        {"[run]\ncycles = 1979-05-27\n", "run.cycles: a plan has no dates"},
        {"[run]\nsettle = nan\n", "run.settle: nan is not a finite number"},
        {"[run]\nseed = 99999999999999999999\n", "run.seed: the number is too large"},
        {"title = \"\\u0000\"\n", "title: a text with a NUL"},
        {"title = \"\xff\"\n", "line 1, column 10: it is not UTF-8"},
        {"\n[[workload]]\nfile = \"missing.py\"\n", "workload[1].file: "},
        {"[[workload]]\nfile = \"idle\"\nparameters = {siez = 3}\n", "workload[1].parameters: "},
        {"[[workload]]\nfile = \"holds.py\"\nparameters = {mib = 0.5}\n",
         "parameter 'mib' of workload 'holds' cannot be '0.5'"},
        {"[[workload]]\nfile = \"holds.py\"\nparameters = {mob = 3}\n", "did you mean 'mib'"},
        {"", "no workload is given"},
    };
    membench_write(run, "holds.py", holds);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        print_message("%s\n", wrong[i].text);
        membench_write(run, "bad.toml", wrong[i].text);
        membench_run(run, "-a", "glibc", "--plan", "bad.toml");
        membench_expect(run, 2);
        membench_expect_text(run->err, wrong[i].message);
        membench_expect_text(run->err, "hint: ");
    }
}

/* Brackets without end, which a reader that calls itself runs out of stack by. */
static void a_plan_of_nothing_but_brackets_is_refused(void **state)
{
    struct membench *run = *state;
    enum { DEPTH = 100000 };
    char *text = text_allocate(DEPTH + 5);
    memcpy(text, "a = ", 4);
    memset(text + 4, '[', DEPTH);
    text[DEPTH + 4] = '\0';
    membench_write(run, "deep.toml", text);
    free(text);
    membench_run(run, "--plan", "deep.toml");
    membench_expect(run, 2);
    membench_expect_text(run->err, "deep.toml");
}

/* What lies beside a plan must not stand for a module of the standard library. */
static void nothing_beside_a_plan_is_executed(void **state)
{
    struct membench *run = *state;
    static const char *const names[] = {"json.py", "tomllib.py", "re.py", "ast.py"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        membench_write(run, names[i], "open('executed', 'w')\n");
    }
    membench_write(run, "app.py", "def run(p):\n    pass\n");
    membench_write(run, "ci.toml", "[[workload]]\nfile = \"app.py\"\n");
    membench_run(run, "--dry-run", "-a", "glibc", "--plan", "ci.toml");
    membench_expect(run, 0);
    assert_int_not_equal(access(membench_path(run, "executed"), F_OK), 0);
}

static void a_run_goes_on_by_the_plan_that_it_was_started_with(void **state)
{
    struct membench *run = *state;
    write_plan(run);
    membench_run(run, "--plan", "plans/ci.toml", "-n", "1");
    membench_expect(run, 3); /* too few runs for the claim */
    membench_write(run, "plans/ci.toml", "[[workload]]\nfile = \"idle\"\n");
    membench_run(run, "--resume", "last");
    membench_expect(run, 3); /* too few runs for the claim */
    assert_int_equal(run->trials.count, 1 + 6);
}

/* ---- --again ---- */

static void idle_is_reproduced(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-a", "glibc", "-n", "3", "--settle", "0", "idle");
    membench_expect(run, 0);
    struct stored_run first, second;
    load(run, &first);
    membench_run(run, "--again", "last");
    membench_expect(run, 0);
    cleanup_free char *line = text_format("This run repeats %s: 1 of 1 rows reproduced\n"
                                          "  idle, glibc: reproduced; memory is furthest off at ",
                                          first.info.id);
    membench_expect_text(run->out, line);
    load(run, &second);
    assert_string_equal(second.info.again, first.info.id);
    assert_string_not_equal(second.info.id, first.info.id);
    assert_int_equal(second.record_count, 3);
    assert_int_equal(second.info.seed, first.info.seed);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(second.plan.trials[i].hash_seed, first.plan.trials[i].hash_seed);
        assert_int_equal(second.plan.trials[i].padding, first.plan.trials[i].padding);
    }
    /* Shown tomorrow as it is shown today. */
    cleanup_free char *shown = text_copy(run->out);
    membench_run(run, "report", "last");
    assert_string_equal(run->out, shown);
    stored_run_clear(&first);
    stored_run_clear(&second);
}

static const char grows[] = "import os\n"
                            "def run(p):\n"
                            "    return b'x' * ((8 + 8 * os.path.exists('mark')) << 20)\n";

static void what_weighs_twice_as_much_is_not_reproduced(void **state)
{
    struct membench *run = *state;
    const char *workload = membench_write(run, "grows.py", grows);
    membench_run(run, "-a", "glibc", "-n", "1", "--settle", "0", workload);
    membench_expect(run, 0);
    membench_write(run, "mark", "");
    membench_run(run, "--again", "last", "-q");
    membench_expect(run, 0);
    membench_expect_text(run->out, "0 of 1 rows reproduced");
    membench_expect_text(run->out, "grows, glibc: not reproduced: peak ");
    membench_expect_text(run->out, "; end 1");
}

static void a_plan_is_repeated_from_another_place(void **state)
{
    struct membench *run = *state;
    write_plan(run);
    membench_run(run, "--plan", "plans/ci.toml", "-n", "1");
    membench_expect(run, 3); /* too few runs for the claim */
    unlink(membench_path(run, "plans/ci.toml"));
    rename(membench_path(run, "results"), membench_path(run, "moved"));
    membench_run(run, "--again", "last", "--out", "moved");
    membench_expect(run, 3); /* too few runs for the claim */
    membench_expect_text(run->out, "of 6 rows reproduced");
    membench_expect_text(run->directory, "/moved/");
}

static void changed_files_are_refused_unless_allowed(void **state)
{
    struct membench *run = *state;
    const char *workload = membench_write(run, "app.py", "def run(p):\n    pass\n");
    membench_run(run, "-a", "glibc", "-n", "1", "--settle", "0", workload);
    membench_expect(run, 0);
    membench_write(run, "app.py", "def run(p):\n    return 1\n");
    membench_run(run, "--again", "last");
    membench_expect(run, 2);
    membench_expect_text(run->err, "app.py' has changed");
    membench_expect_text(run->err, "--allow-changed");
    membench_run(run, "--again", "last", "--allow-changed");
    membench_expect(run, 0);
    membench_expect_text(run->err, "membench: warning: the file '");
    membench_expect_text(run->out, "  changed: the file '");
}

static void again_takes_a_stored_run_and_nothing_else(void **state)
{
    struct membench *run = *state;
    membench_run(run, "--again", "last");
    membench_expect(run, 2);
    membench_expect_text(run->err, "there is no run stored");
    membench_run(run, "-a", "glibc", "-n", "1", "--settle", "0", "idle");
    membench_run(run, "--again", "last", "-n", "4");
    membench_expect(run, 2);
    membench_expect_text(run->err, "--again takes no option '--runs'");
    membench_run(run, "--again", "last", "idle");
    membench_expect(run, 2);
    membench_expect_text(run->err, "--again");
    membench_run(run, "--again", "none");
    membench_expect(run, 2);
    membench_expect_text(run->err, "there is no run 'none'");
    membench_run(run, "--again", "last", "--dry-run");
    membench_expect(run, 0);
    membench_expect_text(run->out, "    1      1  idle");
    assert_null(run->directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(a_plan_runs_from_end_to_end),
        membench_test(one_workload_runs_with_two_sets_of_parameters),
        membench_test(the_command_line_goes_before_the_plan),
        membench_test(workloads_of_the_command_line_replace_the_plans),
        membench_test(claims_and_gates_are_stored_with_the_run),
        membench_test(claims_of_the_command_line_are_read_before_anything_runs),
        membench_test(claims_make_the_number_of_runs_auto),
        membench_test(what_is_wrong_with_a_plan_is_told_with_its_place),
        membench_test(a_plan_of_nothing_but_brackets_is_refused),
        membench_test(nothing_beside_a_plan_is_executed),
        membench_test(a_run_goes_on_by_the_plan_that_it_was_started_with),
        membench_test(idle_is_reproduced),
        membench_test(what_weighs_twice_as_much_is_not_reproduced),
        membench_test(a_plan_is_repeated_from_another_place),
        membench_test(changed_files_are_refused_unless_allowed),
        membench_test(again_takes_a_stored_run_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
