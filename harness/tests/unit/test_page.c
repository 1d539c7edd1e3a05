#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/command.h"
#include "base/text.h"
#include "page/page.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/expected.h"
#include "tests/support/fixture.h"
#include "tests/support/reported.h"
#include "tests/support/scratch.h"
#include "tests/support/standstills.h"

static const double mebibyte = 0x1p20;

static char *printed(struct fixture *fixture)
{
    struct records *records = &fixture->records;
    struct report report;
    report_make(&report, &fixture->info, &records->plan, records->items, records->count);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    page_print(&report, out);
    fclose(out);
    assert_int_equal(strlen(text), size);
    report_clear(&report);
    return text;
}

/* What it looks like; the fixture is cleared. */
static char *finished(struct fixture *fixture)
{
    char *text = printed(fixture);
    fixture_clear(fixture);
    elements_check(text);
    return text;
}

/* The workloads' part of it. */
static char *figures_of(const char *text)
{
    const char *begin = strstr(text, "<section id=\"workload-1\">");
    const char *end = strstr(text, "<section id=\"words\">");
    assert_true(begin && end);
    return strndup(begin, (size_t)(end - begin));
}

/* An ok trial in which everything is measured, `size` MiB large from the end on. */
static struct record *add_full(struct fixture *fixture, size_t setting, double size)
{
    static const char *const phases[] = {PHASE_START, PHASE_END, PHASE_SETTLED, PHASE_COLLECTED,
                                         PHASE_RELEASED};
    struct record *record = records_add(&fixture->records, setting, OUTCOME_OK);
    fixture_set_identity(record);
    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
        struct sample *sample = records_add_sample(record, phases[i], 1);
        sample->elapsed = 0.5 * (double)i;
        for (int metric = 0; metric < METRIC_COUNT; metric++) {
            sample->values[metric] = i == 0 ? 0 : size * mebibyte;
        }
        sample->values[METRIC_SWAP] = sample->values[METRIC_ANON_HUGE] = 0;
    }
    return record;
}

static void add_curve(struct record *record, size_t count, double seconds)
{
    record->curve = text_grow(record->curve, count, sizeof *record->curve);
    record->curve_count = count;
    for (size_t i = 0; i < count; i++) {
        record->curve[i] = (struct curve_point){
            .elapsed = seconds * (double)i / (double)count,
            .rss = (double)(i * 2654435761U % 1000000) * 4096,
        };
    }
}

static void add_failure(struct fixture *fixture, size_t setting, enum outcome outcome)
{
    struct record *record = records_add(&fixture->records, setting, outcome);
    records_set(&record->summary, "it broke");
    records_set(&record->hint, "mend it");
    records_set(&record->traceback, "Traceback (most recent call last):\n  one\n  two\n");
    records_set(&record->stacks, "thread 1 waits\n");
    records_set(&record->output, "said this\n");
    record->output_length = strlen(record->output);
}

static void fill_typical(struct fixture *fixture)
{
    fixture_init(fixture);
    for (size_t i = 0; i < 2; i++) {
        add_curve(add_full(fixture, i, 100), 50, 2);
        add_curve(add_full(fixture, i, 110), 50, 2);
        add_curve(add_full(fixture, i, 120 + 30 * (double)i), 50, 2);
    }
    add_failure(fixture, 1, OUTCOME_WORKLOAD_ERROR);
    text_list_add(&fixture->records.items[0].warnings, "the disk was slow");
}

static void parts_stand_in_their_order(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "<title>membench: bursts</title>",
        "<h1><span>membench</span> <bdi>bursts</bdi></h1>",
        "run <bdi>20261123-051230-ab12</bdi> · <time",
        ">2026-11-23 05:12 UTC</time> · <bdi>Some CPU</bdi> · Linux <bdi>6.1.0-18-amd64</bdi>",
        "<section id=\"verdict\"",
        "<section id=\"limits\"",
        "<h2><bdi>bursts</bdi></h2>\n<p class=\"summary\"><bdi>bursts of requests</bdi></p>",
        "<figcaption>Resident memory over time",
        "<svg class=\"chart\"",
        "<figcaption>Peak, and memory after the load",
        "<figcaption>Where resident memory is",
        "<figcaption>Ratios and how sure they are",
        "<figcaption>Time against memory",
        "<caption>Memory</caption>",
        "<caption>Objects and time</caption>",
        "<h3>Not ok</h3>",
        "<h3>Warnings</h3>",
        "<h2>How to read this</h2>",
        "<h2>Provenance</h2>",
        "cd /home/me\nmembench run --seed 4242 -n 5 bursts.py</pre>",
        "<caption>Machine</caption>",
        "<caption>Allocators</caption>",
        "<h2>Data</h2>",
    };
    struct fixture fixture;
    fill_typical(&fixture);
    cleanup_free char *text = finished(&fixture);
    const char *at = text;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *next = strstr(at, parts[i]);
        if (!next) {
            fail_msg("'%s' is not where it should be", parts[i]);
            return;
        }
        at = next;
    }
}

static void figures_carry_exact_values_and_spreads(void **state)
{
    (void)state;
    struct fixture fixture;
    fill_typical(&fixture);
    cleanup_free char *text = finished(&fixture);
    /* 100, 110, 120 MiB */
    assert_contains(text, "<td data-value=\"115343360\" data-low=\"104857600\" "
                          "data-high=\"125829120\">110.0"
                          "<small data-value=\"0.090909091\">±9.1%</small></td>");
    assert_contains(text, "<td class=\"some\" data-value=\"3\">3/4</td>");
    assert_contains(text, "<th scope=\"col\">end vs<small><bdi>glibc</bdi></small></th>");
    assert_contains(text, "<td class=\"absent\">first</td>");
}

static void differences_carry_a_sign(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_full(&fixture, 0, 100);
    add_full(&fixture, 1, 50);
    add_full(&fixture, 2, 125);
    add_full(&fixture, 3, 100);
    cleanup_free char *text = finished(&fixture);
    assert_contains(text, "<td class=\"less\" data-value=\"-0.5\">−50.0%</td>");
    assert_contains(text, "<td class=\"more\" data-value=\"0.25\">+25.0%</td>");
    assert_contains(text, "<td data-value=\"0\">0.0%</td>");
}

static void absent_values_are_dashes_and_never_0(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    records_add_ok(&fixture.records, 0, 3, 300);
    records_add(&fixture.records, 1, OUTCOME_OK);
    cleanup_free char *text = finished(&fixture);
    const char *table = strstr(text, "<caption>Memory</caption>");
    const char *row = table ? strstr(table, "<bdi>tcmalloc</bdi></th>") : NULL;
    assert_non_null(row);
    cleanup_free char *cells = strndup(row, strcspn(row, "\n"));
    assert_int_equal(elements_count(cells, "<td class=\"absent\">–</td>"), 8);
    cleanup_free char *figures = figures_of(text);
    const char *tables = strstr(figures, "<caption>Memory</caption>"); /* axes have a 0 */
    assert_lacks(tables, ">0.0<");
    assert_lacks(tables, ">0<");
    assert_lacks(figures, "\"nan");
}

static void one_allocator_is_compared_with_none(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_full(&fixture, 0, 100);
    cleanup_free char *text = finished(&fixture);
    assert_lacks(text, "<th scope=\"col\">end vs");
    assert_contains(text, "<svg");
}

static void a_run_of_failures_has_no_figures_and_says_so(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_failure(&fixture, 0, OUTCOME_CRASHED);
    add_failure(&fixture, 1, OUTCOME_CRASHED);
    add_failure(&fixture, 2, OUTCOME_TIMED_OUT);
    cleanup_free char *text = finished(&fixture);
    assert_contains(text, "No run was ok, so there are no figures.");
    assert_lacks(text, "<svg");
    assert_lacks(text, "class=\"figures");
    assert_contains(text, "crashed</span> in 1 of 1 run: <bdi>it broke</bdi></p>");
    assert_contains(text, "hint: <bdi>mend it</bdi>");
    assert_contains(text, "<summary>Traceback</summary>");
    assert_contains(text, "<summary>What its threads were doing</summary>");
    assert_contains(text, "<summary>End of its output</summary>");
    assert_contains(text, "(as in <a href=\"#trial-1\">trial 1</a>)");
    assert_int_equal(elements_count(text, "<details>"), 6);
}

static void an_expected_failure_is_no_alarm(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    fixture.records.workload.expect = OUTCOME_TIMED_OUT;
    add_failure(&fixture, 0, OUTCOME_TIMED_OUT);
    cleanup_free char *text = finished(&fixture);
    assert_contains(text, "<div class=\"failure expected\"");
    assert_contains(text, "timed-out</span>, as expected, in 1 of 1 run");
}

static void a_run_without_trials_is_a_page(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    records_set(&fixture.info.finished, "");
    cleanup_free char *text = finished(&fixture);
    assert_contains(text, "No trial has run.");
    assert_contains(text, "the run has not finished");
    assert_contains(text, "<h2>Provenance</h2>");
}

static void the_curve_is_of_the_trial_whose_end_is_the_median(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_full(&fixture, 0, 300);
    add_full(&fixture, 0, 100);
    add_full(&fixture, 0, 200);
    cleanup_free char *text = finished(&fixture);
    assert_contains(text, "<title>glibc, end: 200.0 MiB, 0.50 seconds</title>");
    assert_contains(text, "<title>glibc, released: 200.0 MiB, 2.00 seconds</title>");
    assert_int_equal(elements_count(text, " seconds</title>"), 5);
}

static void the_phases_of_cycles_are_numbered(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    fixture.records.options.cycles = 100;
    struct record *record = records_add(&fixture.records, 0, OUTCOME_OK);
    for (unsigned cycle = 1; cycle <= 100; cycle++) {
        struct sample *sample = records_add_sample(record, PHASE_END, cycle);
        sample->elapsed = cycle;
        sample->values[METRIC_ANON] = sample->values[METRIC_RSS] = cycle * mebibyte;
    }
    cleanup_free char *text = finished(&fixture);
    assert_contains(text, "<title>glibc, end 100: 100.0 MiB");
    assert_int_equal(elements_count(text, "<title>glibc, end "), 10);
    assert_contains(text, "<caption>Memory at the end of each cycle</caption>");
    assert_contains(text, "<th scope=\"col\">100<small>MiB</small></th>");
}

static void object_allocators_stand_apart(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_full(&fixture, 0, 100);
    add_full(&fixture, 0, 200);
    fixture.records.trials[1].object_allocator = OBJECT_MALLOC;
    cleanup_free char *text = finished(&fixture);
    assert_contains(text, "<caption>Memory <span>(objects by pymalloc)</span></caption>");
    assert_contains(text, "<caption>Memory <span>(objects by malloc)</span></caption>");
    assert_int_equal(elements_count(text, "<svg class=\"chart\""), 2);
    assert_int_equal(elements_count(text, "<svg class=\"chart bars\""), 2);
}

static void several_workloads_are_linked_from_the_top(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_full(&fixture, 0, 100);
    add_full(&fixture, 0, 200);
    struct workload workloads[2] = {fixture.records.workload, fixture.records.workload};
    workloads[1].name = (char[]){"other"};
    fixture.records.plan.workloads = workloads;
    fixture.records.plan.workload_count = 2;
    fixture.records.trials[0].workload = &workloads[0];
    fixture.records.trials[1].workload = &workloads[1];
    cleanup_free char *text = finished(&fixture);
    assert_contains(text, "<a href=\"#workload-2\"><bdi>other</bdi></a>");
}

static void provenance_tells_what_served(void **state)
{
    (void)state;
    struct fixture fixture;
    fill_typical(&fixture);
    text_list_add(&fixture.records.settings[1].environment, "TCMALLOC_RELEASE_RATE=10");
    fixture.records.settings[2].is_available = false;
    fixture.records.settings[2].reason = (char[]){"no library"};
    cleanup_free char *text = finished(&fixture);
    assert_contains(text, "<td><code><bdi>/lib/malloc.so</bdi></code></td>"
                          "<td><code><bdi>93ac61ec</bdi></code></td>"
                          "<td><code><bdi>arenas=8</bdi></code></td>"
                          "<td><code><bdi>TCMALLOC_RELEASE_RATE=10</bdi></code></td>");
    assert_contains(text, "<th scope=\"row\"><bdi>jemalloc</bdi></th><td colspan=\"4\">"
                          "not available: <bdi>no library</bdi></td>");
    assert_contains(text, "<th scope=\"row\"><bdi>seed</bdi></th><td><bdi>4242</bdi></td>");
    assert_contains(text, "<th scope=\"row\"><bdi>layout</bdi></th><td><bdi>random</bdi></td>");
    assert_contains(text, "<th scope=\"row\"><bdi>Python</bdi></th><td><bdi>3.11.2</bdi></td>");
    assert_contains(text, "<th scope=\"row\"><bdi>membench</bdi></th><td><bdi>0.1.0</bdi></td>");
    assert_contains(text,
                    "<th scope=\"row\"><bdi>page size</bdi></th><td><bdi>4096 bytes</bdi></td>");
}

static char *page_with(const char *text)
{
    struct fixture fixture;
    fill_typical(&fixture);
    struct parameter parameter = {(char[]){"p"}, 's', (char *)text};
    fixture.records.workload.parameters = &parameter;
    fixture.records.workload.parameter_count = 1;
    fixture_set_texts(&fixture, text);
    return finished(&fixture);
}

/* The page has the very same tags and attributes, whatever the texts are. */
static void hostile_text_is_inert_everywhere(void **state)
{
    (void)state;
    static const char *const hostile[] = {
        "<script>alert(1)</script>",
        "</pre></title></style></svg><img src=x onerror=alert(1)>",
        "\" onload=\"alert(1)\" style=\"x\" '",
        "' onload='alert(1)",
        "<!-- --> ]]> <![CDATA[",
        "&lt; &amp &#60;script&#62; &",
        "\x01\x02\x1b]0;title\x07\x7f\r\n\t",
        "\u202Eabc\u2066\u2069\u2028\u2029\uFEFF\u200F",
        "\xff\xfe\xc0\x80\xed\xa0\x80\xf5 cut \xe2\x82",
        "=cmd() | `x` $(y)",
    };
    cleanup_free char *harmless = page_with("x");
    cleanup_free char *outline = elements_outline(harmless);
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        cleanup_free char *text = page_with(hostile[i]);
        cleanup_free char *other = elements_outline(text);
        assert_string_equal(other, outline);
        assert_int_equal(elements_count(text, "<script"), 1);
        assert_lacks(text, "<img");
    }
}

static void names_of_10_kb_do_not_make_the_page_burst(void **state)
{
    (void)state;
    cleanup_free char *name = text_allocate(10001);
    memset(name, 'x', 10000);
    name[10000] = '\0';
    cleanup_free char *text = page_with(name);
    assert_in_range(strlen(text), 10000, 400000);
}

/* Nothing that a browser would fetch. */
static void the_page_makes_no_request(void **state)
{
    (void)state;
    struct fixture fixture;
    fill_typical(&fixture);
    cleanup_free char *text = finished(&fixture);
    assert_contains(text, "default-src 'none'; ");
    assert_lacks(text, "unsafe");
    static const char *const requests[] = {
        "http:",    "https:", " src=",   "url(",    "@import", "<iframe", "<object",    "<form",
        "href=\"/", "fetch(", "import(", "XMLHttp", "Socket",  "Beacon",  "EventSource"};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        assert_lacks(text, requests[i]);
    }
    assert_int_equal(elements_count(text, "<link"), 1);
    assert_contains(text, "<link rel=\"icon\" href=\"data:,\"/>");
}

/* Of the text of an element that the page has once; by another program than the build's. */
static char *hashed(void **state, const char *page, const char *element)
{
    cleanup_free char *path = scratch_write_text(state, "page.html", page);
    const char *const argv[] = {
        MEMBENCH_PYTHON_PROGRAM,
        "-c",
        "import base64, hashlib, re, sys\n"
        "page = open(sys.argv[1], 'rb').read()\n"
        "text, = re.findall(rb'<%b>(.*?)</%b>' % ((sys.argv[2].encode(),) * 2), page, re.S)\n"
        "print(base64.b64encode(hashlib.sha256(text).digest()).decode(), end='')\n",
        path,
        element,
        NULL};
    const char *const environment[] = {NULL};
    struct command_output output;
    struct error err;
    assert_int_equal(command_run(argv, environment, 60, &output, &err), 0);
    assert_int_equal(strlen(output.out), 44);
    char *hash = text_copy(output.out);
    command_output_clear(&output);
    return hash;
}

static void the_policy_lets_in_the_style_and_the_script_of_the_page(void **state)
{
    struct fixture fixture;
    fill_typical(&fixture);
    cleanup_free char *text = finished(&fixture);
    cleanup_free char *style = hashed(state, text, "style");
    cleanup_free char *script = hashed(state, text, "script");
    cleanup_free char *policy =
        text_format("; style-src 'sha256-%s'; script-src 'sha256-%s'; ", style, script);
    assert_contains(text, policy);
    assert_int_equal(elements_count(text, "<style"), 1);
    assert_int_equal(elements_count(text, "<script"), 1);
}

static void the_script_is_small_and_strict_and_keeps_nothing(void **state)
{
    (void)state;
    struct fixture fixture;
    fill_typical(&fixture);
    cleanup_free char *text = finished(&fixture);
    const char *script = strstr(text, "<script>");
    assert_non_null(script);
    assert_in_range(strlen(script + 1) - strlen("script></script>\n</body>\n</html>\n"), 1000,
                    10240);
    assert_contains(script, "'use strict';");
    static const char *const forbidden[] = {"innerHTML", "outerHTML", "insertAdjacentHTML",
                                            "eval(",     "Function(", "document.write",
                                            "Storage",   "cookie",    "indexedDB"};
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        assert_lacks(script, forbidden[i]);
    }
}

static void every_class_of_the_chart_has_a_style(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    for (size_t i = 0; i < RECORDS_SETTINGS; i++) {
        add_full(&fixture, i, 100 + (double)i);
    }
    cleanup_free char *text = finished(&fixture);
    for (int i = 0; i < 7; i++) {
        cleanup_free char *color = text_format("\n.s%d path { stroke: var(--s%d); }", i, i);
        cleanup_free char *used = text_format("\"line s%d ", i);
        assert_contains(text, color);
        assert_contains(text, used);
    }
    for (int i = 1; i < 4; i++) {
        cleanup_free char *dash = text_format("\n.d%d path { stroke-dasharray: ", i);
        assert_contains(text, dash);
    }
}

static void curves_of_100000_points_fit_in_a_megabyte(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    for (size_t i = 0; i < RECORDS_SETTINGS; i++) {
        add_curve(add_full(&fixture, i, 100 + (double)i), 100000, 2);
    }
    cleanup_free char *text = finished(&fixture);
    assert_in_range(strlen(text), 20000, 1000000);
    /* Of the curves, and of time against memory. */
    assert_int_equal(elements_count(text, "class=\"label\""), 2 * RECORDS_SETTINGS);
}

static void what_failures_said_is_bounded(void **state)
{
    (void)state;
    enum { LENGTH = 64 * 1024 };
    struct fixture fixture;
    fixture_init(&fixture);
    cleanup_free char *said = text_allocate(LENGTH + 1);
    memset(said, 'o', LENGTH);
    memcpy(said + LENGTH - 4, "last", 5);
    add_failure(&fixture, 0, OUTCOME_CRASHED);
    records_set(&fixture.records.items[0].output, said);
    fixture.records.items[0].output_length = LENGTH;
    cleanup_free char *text = finished(&fixture);
    assert_in_range(strlen(text), 16384, 60000);
    assert_contains(text, "(49152 bytes before this are left out)\n");
    assert_contains(text, "ooolast</pre>");
}

/* As a damaged store may hold it. */
static void a_curve_without_sense_draws_what_has_some(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    struct record *record = add_full(&fixture, 0, 100);
    add_curve(record, 6, 2);
    record->curve[1].rss = -1;
    record->curve[2].elapsed = -5;
    record->curve[3].rss = METRIC_ABSENT;
    record->curve[4].elapsed = 0.25;
    record->curve[5].elapsed = 0.1;
    cleanup_free char *text = finished(&fixture);
    cleanup_free char *figures = figures_of(text);
    assert_lacks(figures, "nan");
    const char *line = strstr(figures, "<g class=\"line s0 d0\" data-name=\"glibc\"><path d=\"M");
    assert_non_null(line);
    double before = 0;
    for (const char *at = strchr(line, 'M'); *at != '"'; at += 1 + strcspn(at + 1, "L\"")) {
        double x = strtod(at + 1, NULL);
        assert_true(x >= before);
        before = x;
    }
}

static int write_typical(const char *path, struct error *err)
{
    struct fixture fixture;
    fill_typical(&fixture);
    struct records *records = &fixture.records;
    struct report report;
    report_make(&report, &fixture.info, &records->plan, records->items, records->count);
    int result = page_write(&report, path, err);
    report_clear(&report);
    fixture_clear(&fixture);
    return result;
}

static void page_write_replaces_a_page_whole(void **state)
{
    cleanup_free char *path = scratch_write_text(state, "report.html", "old");
    cleanup_free char *draft = text_format("%s.%d", path, (int)getpid());
    struct error err;
    assert_int_equal(write_typical(path, &err), 0);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_true(status.st_size > 10000);
    assert_int_equal(access(draft, F_OK), -1);
}

static void page_write_reports_a_place_that_is_none(void **state)
{
    cleanup_free char *path = scratch_path(state, "missing/report.html");
    struct error err;
    assert_int_equal(write_typical(path, &err), -1);
    assert_contains(err.message, "cannot write '");
    assert_contains(err.message, "No such file or directory");
    assert_true(err.hint[0] != '\0');
}

static void page_write_reports_a_full_disk_and_keeps_the_old_page(void **state)
{
    cleanup_free char *path = scratch_write_text(state, "report.html", "old");
    cleanup_free char *draft = text_format("%s.%d", path, (int)getpid());
    assert_int_equal(symlink("/dev/full", draft), 0);
    struct error err;
    assert_int_equal(write_typical(path, &err), -1);
    assert_contains(err.message, "No space left");
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 3);
    assert_int_equal(lstat(draft, &status), -1);
}

static void page_says_why_memory_is_held(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    fixture.records.options.settle = 12;
    records_set(&fixture.records.settings[0].name, "<glibc>");
    struct standstills trial;
    standstills_init(&trial, true);
    standstills_add(&trial, PHASE_END, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, 64);
    standstills_add_aftermath(&trial);
    trial.items[2].elapsed = trial.items[1].elapsed + 12;
    records_add_measured(&fixture.records, 0, "glibc", trial.items, trial.count);
    records_add_ok(&fixture.records, 1, 3, 100);
    cleanup_free char *text = finished(&fixture);
    assert_contains(text,
                    "<tr><th scope=\"row\"><bdi>&lt;glibc&gt;</bdi></th>"
                    "<td data-value=\"67108864\">cause: malloc releasable 64.0 MiB (100 %) of "
                    "64.0 MiB held over start</td></tr>\n");
    assert_contains(text, "<bdi>tcmalloc</bdi></th><td>cause: not known</td></tr>\n");
    assert_contains(text,
                    "</th><td data-value=\"1\">1</td><td>ok</td>"
                    "<td data-value=\"67108864\">64.0</td><td><bdi>malloc releasable 64.0 MiB");
    assert_contains(text, "</th><td data-value=\"2\">2</td><td>ok</td>"
                          "<td class=\"absent\">–</td><td><bdi>not known</bdi></td></tr>\n");
    assert_contains(text, "<li><strong>malloc releasable</strong>: malloc_trim(0) ");
    assert_contains(text, "can help (<bdi>&lt;glibc&gt;</bdi>)</li>\n");
    assert_contains(text, "</th><td>&gt; 12</td><td>&gt; 12</td></tr>\n");
    assert_contains(text, "</th><td class=\"absent\">–</td><td class=\"absent\">–</td></tr>\n");
}

static void page_names_no_allocator_beside_advice_for_all(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    struct standstills trial;
    standstills_init(&trial, true);
    standstills_add(&trial, PHASE_END, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, 64);
    standstills_add_aftermath(&trial);
    records_add_measured(&fixture.records, 0, "glibc", trial.items, trial.count);
    cleanup_free char *text = finished(&fixture);
    assert_contains(text, "can help</li>\n");
}

static void page_says_nothing_of_causes_that_were_not_sought(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    records_add_ok(&fixture.records, 0, 3, 100);
    cleanup_free char *text = finished(&fixture);
    assert_lacks(text, "Why memory is held");
    assert_lacks(text, "What follows");
}

/* Removes what stands between the two, each time. */
static void cut(char *text, const char *begin, const char *end)
{
    for (char *from = strstr(text, begin), *to; from; from = strstr(to, begin)) {
        to = from + strlen(begin);
        const char *rest = strstr(to, end);
        assert_non_null(rest);
        memmove(to, rest, strlen(rest) + 1);
    }
}

/* But its style, its script and the files that it carries, which have expected files or are files
 * of their own; and as far as 'settled', to be read by people as well. */
static void a_small_run_is_as_expected(void **state)
{
    (void)state;
    static const char *const parts[][2] = {{"'sha256-", "'"},
                                           {"<style>", "</style>"},
                                           {"<script>", "</script>"},
                                           {"href=\"data:", "\""}};
    struct reported reported;
    reported_init_small(&reported);
    for (size_t i = 0; i < reported.count; i++) {
        reported.records.items[i].sample_count = 4;
    }
    reported_make(&reported);
    cleanup_free char *text = reported_print(&reported, page_print);
    reported_clear(&reported);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        cut(text, parts[i][0], parts[i][1]);
    }
    expected_check(text, "report.html");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_stand_in_their_order),
        cmocka_unit_test(figures_carry_exact_values_and_spreads),
        cmocka_unit_test(differences_carry_a_sign),
        cmocka_unit_test(absent_values_are_dashes_and_never_0),
        cmocka_unit_test(one_allocator_is_compared_with_none),
        cmocka_unit_test(a_run_of_failures_has_no_figures_and_says_so),
        cmocka_unit_test(an_expected_failure_is_no_alarm),
        cmocka_unit_test(a_run_without_trials_is_a_page),
        cmocka_unit_test(the_curve_is_of_the_trial_whose_end_is_the_median),
        cmocka_unit_test(the_phases_of_cycles_are_numbered),
        cmocka_unit_test(object_allocators_stand_apart),
        cmocka_unit_test(several_workloads_are_linked_from_the_top),
        cmocka_unit_test(provenance_tells_what_served),
        cmocka_unit_test(hostile_text_is_inert_everywhere),
        cmocka_unit_test(names_of_10_kb_do_not_make_the_page_burst),
        cmocka_unit_test(the_page_makes_no_request),
        scratch_test(the_policy_lets_in_the_style_and_the_script_of_the_page),
        cmocka_unit_test(the_script_is_small_and_strict_and_keeps_nothing),
        cmocka_unit_test(every_class_of_the_chart_has_a_style),
        cmocka_unit_test(curves_of_100000_points_fit_in_a_megabyte),
        cmocka_unit_test(what_failures_said_is_bounded),
        cmocka_unit_test(a_curve_without_sense_draws_what_has_some),
        scratch_test(page_write_replaces_a_page_whole),
        scratch_test(page_write_reports_a_place_that_is_none),
        scratch_test(page_write_reports_a_full_disk_and_keeps_the_old_page),
        cmocka_unit_test(page_says_why_memory_is_held),
        cmocka_unit_test(page_names_no_allocator_beside_advice_for_all),
        cmocka_unit_test(page_says_nothing_of_causes_that_were_not_sought),
        cmocka_unit_test(a_small_run_is_as_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
