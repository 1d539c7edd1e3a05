#include "store/baseline.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "measure/host_class.h"

void baseline_init(struct baseline *baseline)
{
    *baseline = (struct baseline){
        .membench = text_copy(""), .run = text_copy(""), .python = text_copy(""), .cycles = 1};
}

void baseline_clear(struct baseline *baseline)
{
    for (size_t i = 0; i < baseline->gate_count; i++) {
        gate_clear(&baseline->gates[i]);
    }
    for (size_t i = 0; i < baseline->allocator_count; i++) {
        free(baseline->allocators[i].name);
        free(baseline->allocators[i].build_id);
        free(baseline->allocators[i].version);
    }
    for (size_t i = 0; i < baseline->workload_count; i++) {
        free(baseline->workloads[i].name);
        free(baseline->workloads[i].sha256);
        free(baseline->workloads[i].parameters);
    }
    for (size_t i = 0; i < baseline->series_count; i++) {
        free(baseline->series[i].phase);
        free(baseline->series[i].values);
    }
    free(baseline->gates);
    free(baseline->allocators);
    free(baseline->workloads);
    free(baseline->series);
    free(baseline->membench);
    free(baseline->run);
    free(baseline->python);
    host_clear(&baseline->host);
    *baseline = (struct baseline){0};
}

/* One more element, zeroed. */
static void *add(void **items, size_t *count, size_t size)
{
    *items = text_grow(*items, *count + 1, size);
    return memset((char *)*items + size * (*count)++, 0, size);
}

struct gate *baseline_add_gate(struct baseline *baseline)
{
    return add((void **)&baseline->gates, &baseline->gate_count, sizeof *baseline->gates);
}

void baseline_copy_gates(struct baseline *baseline, const struct gate *gates, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct gate *copy = baseline_add_gate(baseline);
        *copy = gates[i];
        copy->phase = text_copy(gates[i].phase);
        copy->control = text_copy(gates[i].control);
    }
}

struct baseline_allocator *baseline_add_allocator(struct baseline *baseline)
{
    return add((void **)&baseline->allocators, &baseline->allocator_count,
               sizeof *baseline->allocators);
}

struct baseline_workload *baseline_add_workload(struct baseline *baseline)
{
    return add((void **)&baseline->workloads, &baseline->workload_count,
               sizeof *baseline->workloads);
}

struct baseline_series *baseline_add_series(struct baseline *baseline)
{
    return add((void **)&baseline->series, &baseline->series_count, sizeof *baseline->series);
}

const struct baseline_series *baseline_find(const struct baseline *baseline, const char *workload,
                                            enum object_allocator object_allocator,
                                            const char *allocator, const char *phase,
                                            enum metric metric)
{
    for (size_t i = 0; i < baseline->series_count; i++) {
        const struct baseline_series *series = &baseline->series[i];
        if (series->metric == metric && series->object_allocator == object_allocator &&
            strcmp(series->phase, phase) == 0 &&
            strcmp(baseline->workloads[series->workload].name, workload) == 0 &&
            strcmp(baseline->allocators[series->allocator].name, allocator) == 0) {
            return series;
        }
    }
    return NULL;
}

char *baseline_figure_name(const char *phase, enum metric metric)
{
    return text_format("%s%s%s", phase, phase[0] ? "." : "", metric_table[metric].name);
}

/* ---- printing ---- */

static void put_byte(FILE *out, unsigned char byte, bool is_special)
{
    if (is_special || byte < 0x20 || byte == 0x7f || byte == '%') {
        fprintf(out, "%%%02X", byte);
    } else {
        putc(byte, out);
    }
}

/* A field that is followed by others: without blanks; '-' if it is empty. */
static void put_word(FILE *out, const char *text)
{
    bool is_dash = strcmp(text, "-") == 0;
    putc(' ', out);
    for (const char *at = text; *at; at++) {
        put_byte(out, (unsigned char)*at, is_dash || *at == ' ' || *at == '#');
    }
    if (text[0] == '\0') {
        putc('-', out);
    }
}

/* The rest of a line: blanks stand for themselves but at its ends, where editors remove them. */
static void put_rest(FILE *out, const char *text)
{
    if (text[0] != '\0') {
        putc(' ', out);
    }
    for (const char *at = text; *at; at++) {
        put_byte(out, (unsigned char)*at, *at == ' ' && (at == text || at[1] == '\0'));
    }
}

/* The shortest decimal that reads back as the same number. */
static void put_number(FILE *out, double number)
{
    char text[64];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number) {
            break;
        }
    }
    fprintf(out, " %s", text);
}

static void put_text_line(FILE *out, const char *keyword, const char *text)
{
    fputs(keyword, out);
    put_rest(out, text);
    putc('\n', out);
}

static void print_host(const struct host *host, FILE *out)
{
    for (int i = 0; i < HOST_CLASS_FACTS; i++) {
        cleanup_free char *value = host_class_value(host, host_class_facts[i]);
        if (value[0]) {
            fprintf(out, "host %s:", host_class_facts[i]);
            put_rest(out, value);
            putc('\n', out);
        }
    }
}

static void print_conditions(const struct baseline *baseline, FILE *out)
{
    fprintf(out, "cycles %u\nsettle", baseline->cycles);
    put_number(out, baseline->settle);
    fprintf(out, "\nlayout %s\nthp %s\n", options_layout_name(baseline->layout),
            baseline->no_huge_pages ? "off" : "host");
}

static void print_gates(const struct baseline *baseline, FILE *out)
{
    for (size_t i = 0; i < baseline->gate_count; i++) {
        const struct gate *gate = &baseline->gates[i];
        cleanup_free char *name = gate_name(gate);
        fprintf(out, "gate %s %s", name, gate_level_name(gate->level));
        put_number(out, gate->threshold);
        put_word(out, gate->control);
        putc('\n', out);
    }
}

static void print_parts(const struct baseline *baseline, FILE *out)
{
    for (size_t i = 0; i < baseline->allocator_count; i++) {
        fputs("allocator", out);
        put_word(out, baseline->allocators[i].name);
        put_word(out, baseline->allocators[i].build_id);
        put_rest(out, baseline->allocators[i].version);
        putc('\n', out);
    }
    for (size_t i = 0; i < baseline->workload_count; i++) {
        fputs("workload", out);
        put_word(out, baseline->workloads[i].name);
        put_word(out, baseline->workloads[i].sha256);
        put_rest(out, baseline->workloads[i].parameters);
        putc('\n', out);
    }
}

static void print_series(const struct baseline *baseline, const struct baseline_series *series,
                         FILE *out)
{
    cleanup_free char *figure = baseline_figure_name(series->phase, series->metric);
    fputs("values", out);
    put_word(out, baseline->workloads[series->workload].name);
    put_word(out, options_object_allocator_name(series->object_allocator));
    put_word(out, baseline->allocators[series->allocator].name);
    put_word(out, figure);
    for (size_t i = 0; i < series->count; i++) {
        if (metric_is_absent(series->values[i])) {
            fputs(" -", out);
        } else {
            put_number(out, series->values[i]);
        }
    }
    putc('\n', out);
}

void baseline_print(const struct baseline *baseline, FILE *out)
{
    fprintf(out, "membench-baseline %d\n", BASELINE_FORMAT);
    put_text_line(out, "membench", baseline->membench);
    put_text_line(out, "run", baseline->run);
    put_text_line(out, "python", baseline->python);
    print_host(&baseline->host, out);
    print_conditions(baseline, out);
    print_gates(baseline, out);
    print_parts(baseline, out);
    for (size_t i = 0; i < baseline->series_count; i++) {
        print_series(baseline, &baseline->series[i], out);
    }
}

/* ---- files ---- */

int baseline_load(struct baseline *baseline, const char *path, struct error *err)
{
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        error_set(err, "the baseline '%s' is not a regular file", path);
        return error_hint(err, "give a file that 'membench baseline save' has written");
    }
    cleanup_free char *text = text_allocate(BASELINE_MOST_BYTES + 2);
    ssize_t length = file_read_at(AT_FDCWD, path, text, BASELINE_MOST_BYTES + 2);
    if (length < 0) {
        error_errno(err, "cannot read the baseline '%s'", path);
        return error_hint(err, "'membench baseline save %s' makes one of the newest run", path);
    }
    if (length > BASELINE_MOST_BYTES) {
        error_set(err, "the baseline '%s' is too large", path);
        return error_hint(err, "a baseline has at most %d MiB", BASELINE_MOST_BYTES >> 20);
    }
    return baseline_parse(baseline, text, (size_t)length, path, err);
}

bool baseline_is_file(const char *path)
{
    static const char first[] = "membench-baseline ";
    char text[sizeof first];
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           file_read_at(AT_FDCWD, path, text, sizeof text) > 0 && strcmp(text, first) == 0;
}

static void print_baseline(const void *baseline, FILE *out)
{
    baseline_print(baseline, out);
}

int baseline_save(const struct baseline *baseline, const char *path, struct error *err)
{
    return file_replace(path, print_baseline, baseline, err)
               ? error_hint(err, "give a place that you may write to")
               : 0;
}
