/* Reading a baseline's file, strictly. */
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "store/baseline.h"

enum { MOST_LINES = 10000 };

struct reader {
    struct baseline *baseline;
    const char *name;      /* of the file */
    unsigned line;         /* from 1 */
    char *rest;            /* of the line, yet to be read */
    struct text_list seen; /* lines that may stand only once: what makes them one */
    struct error *err;
};

__attribute__((format(printf, 3, 4))) static int fail(struct reader *reader, const char *hint,
                                                      const char *format, ...)
{
    char what[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    text_tame(what);
    error_set(reader->err, "'%s', line %u: %s", reader->name, reader->line, what);
    return error_hint(reader->err, "%s",
                      hint ? hint
                           : "undo what was edited, or make it anew: membench baseline save");
}

static int hexadecimal(char digit)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *found = digit ? strchr(digits, digit) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* In place. A NUL cannot be said: texts end there. */
static int unescape(struct reader *reader, char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        int high = hexadecimal(from[1]), low = high < 0 ? -1 : hexadecimal(from[2]);
        if (low < 0 || high + low == 0) {
            return fail(reader, "a '%' is written as %25", "'%%' is not followed by two digits");
        }
        *to++ = (char)(high * 16 + low);
        from += 2;
    }
    *to = '\0';
    return 0;
}

/* The next field, as it stands; NULL at the end of the line. */
static char *take_raw(struct reader *reader)
{
    if (reader->rest[0] == '\0') {
        return NULL;
    }
    char *field = reader->rest;
    size_t length = strcspn(field, " ");
    reader->rest = field + length + (field[length] == ' ');
    field[length] = '\0';
    return field;
}

/* The next field, unescaped; "" for '-'. NULL is an error. */
static char *take_word(struct reader *reader, const char *what)
{
    char *field = take_raw(reader);
    if (!field || field[0] == '\0') {
        fail(reader, NULL, "%s is missing", what);
        return NULL;
    }
    if (strcmp(field, "-") == 0) {
        field[0] = '\0';
    }
    return unescape(reader, field) ? NULL : field;
}

static char *take_name(struct reader *reader, const char *what)
{
    char *word = take_word(reader, what);
    if (word && word[0] == '\0') {
        fail(reader, NULL, "%s is missing", what);
        return NULL;
    }
    return word;
}

static char *take_rest(struct reader *reader)
{
    char *rest = reader->rest;
    reader->rest = rest + strlen(rest);
    return unescape(reader, rest) ? NULL : rest;
}

static int expect_end(struct reader *reader)
{
    return reader->rest[0] ? fail(reader, NULL, "'%.40s' is too much", reader->rest) : 0;
}

/* Looks through all of them: a baseline has some hundred lines, and MOST_LINES take no second. */
static int once(struct reader *reader, const char *key)
{
    if (reader->seen.count == MOST_LINES) {
        return fail(reader, NULL, "more than %d lines", MOST_LINES);
    }
    for (size_t i = 0; i < reader->seen.count; i++) {
        if (strcmp(reader->seen.items[i], key) == 0) {
            return fail(reader, "remove one of the two lines", "a second '%.200s'", key);
        }
    }
    text_list_add(&reader->seen, key);
    return 0;
}

/* ---- lines ---- */

static int read_text(struct reader *reader, const char *keyword, char **field)
{
    char *rest = take_rest(reader);
    if (!rest || once(reader, keyword)) {
        return -1;
    }
    free(*field);
    *field = text_copy(rest);
    return 0;
}

static int read_host(struct reader *reader)
{
    char *colon = strchr(reader->rest, ':');
    if (!colon || colon == reader->rest) {
        return fail(reader, NULL, "a fact of the host is 'NAME: VALUE'");
    }
    const char *name = reader->rest;
    *colon = '\0';
    reader->rest = colon + 1 + (colon[1] == ' ');
    cleanup_free char *key = text_format("host %s", name);
    const char *value = take_rest(reader);
    if (!value || once(reader, key)) {
        return -1;
    }
    host_add(&reader->baseline->host, name, value);
    return 0;
}

static int read_number(struct reader *reader, const char *what, double low, double high,
                       double *number)
{
    const char *word = take_raw(reader);
    if (!word || text_parse_number(word, low, number) || *number > high) {
        return fail(reader, NULL, "'%.40s' is no %s", word ? word : "", what);
    }
    return 0;
}

static int read_cycles(struct reader *reader)
{
    int64_t cycles;
    const char *word = take_raw(reader);
    if (!word || text_parse_whole(word, 1, UINT_MAX, &cycles)) {
        return fail(reader, NULL, "'%.40s' is no number of cycles", word ? word : "");
    }
    reader->baseline->cycles = (unsigned)cycles;
    return once(reader, "cycles") || expect_end(reader) ? -1 : 0;
}

static int read_settle(struct reader *reader)
{
    return read_number(reader, "number of seconds", 0, 1e9, &reader->baseline->settle) ||
                   once(reader, "settle") || expect_end(reader)
               ? -1
               : 0;
}

/* One of two words. */
static int read_choice(struct reader *reader, const char *keyword, const char *no, const char *yes,
                       bool *is_yes)
{
    const char *word = take_raw(reader);
    *is_yes = word && strcmp(word, yes) == 0;
    if (!*is_yes && (!word || strcmp(word, no) != 0)) {
        return fail(reader, NULL, "%s is '%s' or '%s'", keyword, no, yes);
    }
    return once(reader, keyword) || expect_end(reader) ? -1 : 0;
}

static int read_layout(struct reader *reader)
{
    bool is_fixed;
    if (read_choice(reader, "layout", "random", "fixed", &is_fixed)) {
        return -1;
    }
    reader->baseline->layout = is_fixed ? LAYOUT_FIXED : LAYOUT_RANDOM;
    return 0;
}

static int read_thp(struct reader *reader)
{
    return read_choice(reader, "thp", "host", "off", &reader->baseline->no_huge_pages);
}

static int read_gate_level(struct reader *reader, struct gate *gate)
{
    const char *level = take_raw(reader);
    if (!level || gate_level_parse(level, &gate->level)) {
        return fail(reader, "a level is off, warn or error", "'%.40s' is no level",
                    level ? level : "");
    }
    if (read_number(reader, "threshold", 0, 1e9, &gate->threshold)) {
        return -1;
    }
    const char *control = take_word(reader, "the control");
    if (!control) {
        return -1;
    }
    free(gate->control);
    gate->control = text_copy(control);
    return expect_end(reader);
}

static int read_figure(struct reader *reader, const char *name, struct gate *gate)
{
    struct error err;
    if (!name) {
        return fail(reader, NULL, "a figure is missing");
    }
    if (gate_parse(gate, name, &err)) {
        return fail(reader, err.hint, "%s", err.message);
    }
    return 0;
}

static int read_gate(struct reader *reader)
{
    struct gate gate;
    if (read_figure(reader, take_raw(reader), &gate)) {
        return -1;
    }
    cleanup_free char *name = gate_name(&gate);
    cleanup_free char *key = text_format("gate %s", name);
    if (read_gate_level(reader, &gate) || once(reader, key)) {
        gate_clear(&gate);
        return -1;
    }
    *baseline_add_gate(reader->baseline) = gate;
    return 0;
}

static int read_allocator(struct reader *reader)
{
    const char *name = take_name(reader, "the allocator's name");
    const char *build_id = name ? take_word(reader, "the build-id") : NULL;
    const char *version = build_id ? take_rest(reader) : NULL;
    if (!version) {
        return -1;
    }
    cleanup_free char *key = text_format("allocator %s", name);
    if (once(reader, key)) {
        return -1;
    }
    *baseline_add_allocator(reader->baseline) = (struct baseline_allocator){
        .name = text_copy(name), .build_id = text_copy(build_id), .version = text_copy(version)};
    return 0;
}

static int read_workload(struct reader *reader)
{
    const char *name = take_name(reader, "the workload's name");
    const char *sha256 = name ? take_word(reader, "the file's SHA-256") : NULL;
    const char *parameters = sha256 ? take_rest(reader) : NULL;
    if (!parameters) {
        return -1;
    }
    cleanup_free char *key = text_format("workload %s", name);
    if (once(reader, key)) {
        return -1;
    }
    *baseline_add_workload(reader->baseline) = (struct baseline_workload){
        .name = text_copy(name), .sha256 = text_copy(sha256), .parameters = text_copy(parameters)};
    return 0;
}

/* Of what the values are. The phase is handed over in `figure`. */
static int read_whose(struct reader *reader, struct baseline_series *series, struct gate *figure)
{
    const struct baseline *baseline = reader->baseline;
    const char *workload = take_name(reader, "the workload");
    const char *layer = workload ? take_name(reader, "the object allocator") : NULL;
    const char *allocator = layer ? take_name(reader, "the allocator") : NULL;
    if (!allocator) {
        return -1;
    }
    while (series->workload < baseline->workload_count &&
           strcmp(baseline->workloads[series->workload].name, workload) != 0) {
        series->workload++;
    }
    while (series->allocator < baseline->allocator_count &&
           strcmp(baseline->allocators[series->allocator].name, allocator) != 0) {
        series->allocator++;
    }
    if (series->workload == baseline->workload_count) {
        return fail(reader, NULL, "no line 'workload %.100s' stands above", workload);
    }
    if (series->allocator == baseline->allocator_count) {
        return fail(reader, NULL, "no line 'allocator %.100s' stands above", allocator);
    }
    bool is_malloc = strcmp(layer, "malloc") == 0;
    if (!is_malloc && strcmp(layer, "pymalloc") != 0) {
        return fail(reader, NULL, "an object allocator is 'pymalloc' or 'malloc'");
    }
    series->object_allocator = is_malloc ? OBJECT_MALLOC : OBJECT_PYMALLOC;
    return read_figure(reader, take_raw(reader), figure);
}

static int read_values(struct reader *reader, struct baseline_series *series)
{
    while (reader->rest[0]) {
        double value = METRIC_ABSENT;
        bool is_absent = strcmp(reader->rest, "-") == 0 || text_starts_with(reader->rest, "- ");
        if (is_absent) {
            take_raw(reader);
        } else if (read_number(reader, "number", -1e300, 1e300, &value)) {
            return -1;
        }
        if (series->count == BASELINE_MOST_VALUES) {
            return fail(reader, NULL, "more than %d values", BASELINE_MOST_VALUES);
        }
        series->values = text_grow(series->values, series->count + 1, sizeof *series->values);
        series->values[series->count++] = value;
    }
    return 0;
}

static int read_series(struct reader *reader)
{
    struct baseline_series series = {0};
    struct gate figure = {0};
    if (read_whose(reader, &series, &figure)) {
        return -1;
    }
    const struct baseline *baseline = reader->baseline;
    cleanup_free char *name = gate_name(&figure);
    cleanup_free char *key =
        text_format("values %s %s %s %s", baseline->workloads[series.workload].name,
                    options_object_allocator_name(series.object_allocator),
                    baseline->allocators[series.allocator].name, name);
    if (once(reader, key) || read_values(reader, &series)) {
        free(series.values);
        gate_clear(&figure);
        return -1;
    }
    series.phase = text_copy(figure.phase);
    series.metric = figure.metric;
    gate_clear(&figure);
    *baseline_add_series(reader->baseline) = series;
    return 0;
}

static int read_line(struct reader *reader, const char *keyword)
{
    static const char *const known[] = {"membench", "run",       "python",   "host",
                                        "cycles",   "settle",    "thp",      "layout",
                                        "gate",     "allocator", "workload", "values"};
    struct baseline *baseline = reader->baseline;
    static const struct {
        const char *keyword;
        int (*read)(struct reader *reader);
    } lines[] = {
        {"host", read_host},           {"cycles", read_cycles},     {"settle", read_settle},
        {"layout", read_layout},       {"thp", read_thp},           {"gate", read_gate},
        {"allocator", read_allocator}, {"workload", read_workload}, {"values", read_series}};
    const struct {
        const char *keyword;
        char **field;
    } texts[] = {
        {"membench", &baseline->membench}, {"run", &baseline->run}, {"python", &baseline->python}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(keyword, texts[i].keyword) == 0) {
            return read_text(reader, keyword, texts[i].field);
        }
    }
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (strcmp(keyword, lines[i].keyword) == 0) {
            return lines[i].read(reader);
        }
    }
    cleanup_free char *near = text_nearest(keyword, known, sizeof known / sizeof *known);
    cleanup_free char *hint = near ? text_format("did you mean %s?", near) : NULL;
    return fail(reader, hint, "unknown line '%.40s'", keyword);
}

static int read_format(struct reader *reader, const char *keyword)
{
    int64_t format;
    const char *number = strcmp(keyword, "membench-baseline") == 0 ? take_raw(reader) : NULL;
    if (!number || text_parse_whole(number, 1, INT_MAX, &format) || expect_end(reader)) {
        return fail(reader, "give a file that 'membench baseline save' has written",
                    "this is no baseline of membench");
    }
    if (format > BASELINE_FORMAT) {
        return fail(reader, "use a newer membench, or make the baseline anew with this one",
                    "format %lld is newer than this membench, which reads up to %d",
                    (long long)format, BASELINE_FORMAT);
    }
    return 0;
}

static int take_line(struct reader *reader, char *line)
{
    reader->rest = line;
    size_t length = strlen(line);
    if (length > 0 && line[length - 1] == '\r') { /* as git checks out on Windows */
        line[--length] = '\0';
    }
    while (length > 0 && line[length - 1] == ' ') {
        line[--length] = '\0';
    }
    for (const char *at = line; *at; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f) {
            return fail(reader, NULL, "a control character in the line");
        }
    }
    if (reader->line > 1 && (line[0] == '\0' || line[0] == '#')) {
        return 0;
    }
    const char *keyword = take_raw(reader);
    keyword = keyword ? keyword : "";
    return reader->line == 1 ? read_format(reader, keyword) : read_line(reader, keyword);
}

/* What no baseline can do without. */
static int check_complete(struct reader *reader)
{
    static const char *const needed[] = {"membench", "run",    "python", "cycles",
                                         "settle",   "layout", "thp"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        bool is_there = false;
        for (size_t j = 0; j < reader->seen.count; j++) {
            is_there = is_there || strcmp(reader->seen.items[j], needed[i]) == 0;
        }
        if (!is_there) {
            return fail(reader, NULL, "the file ends without a line '%s'", needed[i]);
        }
    }
    return 0;
}

static int read_lines(struct reader *reader, char *text, size_t length)
{
    if (memchr(text, '\0', length)) {
        reader->line = 1;
        return fail(reader, "give a file that 'membench baseline save' has written",
                    "this is no text");
    }
    for (char *line = text; line;) {
        char *end = strchr(line, '\n');
        if (end) {
            *end = '\0';
        }
        reader->line++;
        if (take_line(reader, line)) {
            return -1;
        }
        line = end && end[1] ? end + 1 : NULL;
    }
    return check_complete(reader);
}

int baseline_parse(struct baseline *baseline, const char *text, size_t length, const char *name,
                   struct error *err)
{
    cleanup_free char *copy = text_allocate(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    baseline_init(baseline);
    struct reader reader = {.baseline = baseline, .name = name, .err = err};
    int failed = read_lines(&reader, copy, length);
    text_list_clear(&reader.seen);
    if (failed) {
        baseline_clear(baseline);
    }
    return failed;
}
