#include "report/annotations.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "report/contrast_text.h"
#include "report/markdown.h"

/* ---- what does not hold ---- */

static void add(struct annotations *annotations, bool is_error, double weight, char *text)
{
    annotations->items =
        text_grow(annotations->items, annotations->count + 1, sizeof *annotations->items);
    annotations->items[annotations->count++] =
        (struct annotation){.is_error = is_error, .weight = weight, .text = text};
}

/* A regression before what could not be judged, a large one before a small one. */
static double weight_of(const struct verdicts_comparison *row)
{
    enum contrast_standing standing = contrast_text_standing(row);
    double size = 0;
    if (standing == STANDING_WORSE) {
        double ratio = row->result.candidate.median / row->result.baseline.median;
        size = isfinite(ratio) ? ratio / (1 + ratio) : 1;
    }
    return (double)(STANDING_COUNT - (int)standing) + fmax(size, 0);
}

static void add_row(struct annotations *annotations, const struct verdicts_group *group,
                    const struct verdicts_comparison *row)
{
    enum contrast_standing standing = contrast_text_standing(row);
    if (!row->is_against_baseline || row->level == GATE_OFF) {
        return;
    }
    if (standing == STANDING_SAME || standing == STANDING_BETTER) {
        annotations->held++;
    } else if (row->level == GATE_ERROR || standing == STANDING_WORSE) {
        add(annotations, row->level == GATE_ERROR, weight_of(row),
            contrast_text_sentence(group, row));
    }
}

static void add_claim(struct annotations *annotations, const struct verdicts_claim *claim)
{
    enum { REFUTED = 100, MISSING = 50 };
    const char *text = claim->claim.text;
    if (claim->outcome == JUDGEMENT_REFUTED) {
        add(annotations, true, REFUTED, text_format("claim refuted: %s", text));
    } else if (claim->is_missing) {
        add(annotations, true, MISSING, text_format("claim could not be measured: %s", text));
    } else if (claim->outcome == JUDGEMENT_INCONCLUSIVE) {
        add(annotations, true, 0, text_format("claim inconclusive: %s", text));
    } else {
        annotations->held++;
    }
}

static int compare(const void *a, const void *b)
{
    const struct annotation *x = a, *y = b;
    if (x->is_error != y->is_error) {
        return (int)y->is_error - (int)x->is_error;
    }
    return x->weight != y->weight ? (x->weight < y->weight) - (x->weight > y->weight)
                                  : strcmp(x->text, y->text);
}

void annotations_add(struct annotations *annotations, const struct verdicts *verdicts)
{
    for (size_t i = 0; i < verdicts->group_count; i++) {
        for (size_t j = 0; j < verdicts->groups[i].comparison_count; j++) {
            add_row(annotations, &verdicts->groups[i], &verdicts->groups[i].comparisons[j]);
        }
    }
    for (size_t i = 0; i < verdicts->claim_count; i++) {
        add_claim(annotations, &verdicts->claims[i]);
    }
    if (annotations->count > 0) {
        qsort(annotations->items, annotations->count, sizeof *annotations->items, compare);
    }
}

void annotations_clear(struct annotations *annotations)
{
    for (size_t i = 0; i < annotations->count; i++) {
        free(annotations->items[i].text);
    }
    free(annotations->items);
    *annotations = (struct annotations){0};
}

/* ---- annotations ---- */

static void put_data(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '%' || *text == '\r' || *text == '\n') {
            fprintf(out, "%%%02X", (unsigned char)*text);
        } else {
            putc(*text, out);
        }
    }
}

/* No title holds a ':' or a ',', which would end it: it is ours. */
static void put_annotation(FILE *out, bool is_error, const char *text)
{
    fprintf(out, "::%s title=membench::", is_error ? "error" : "warning");
    put_data(out, text);
    putc('\n', out);
}

void annotations_print(const struct annotations *annotations, FILE *out)
{
    bool is_over = annotations->count > ANNOTATIONS_MOST;
    size_t shown = is_over ? ANNOTATIONS_MOST - 1 : annotations->count;
    for (size_t i = 0; i < shown; i++) {
        put_annotation(out, annotations->items[i].is_error, annotations->items[i].text);
    }
    if (is_over) {
        cleanup_free char *more = text_format("and %zu more", annotations->count - shown);
        put_annotation(out, annotations->items[shown].is_error, more);
    }
}

/* ---- Markdown ---- */

enum { TEXT_MOST = 1000 }; /* characters */

static void put_cell(FILE *out, const char *text)
{
    putc(' ', out);
    markdown_put_text(out, text, TEXT_MOST);
    fputs(" |", out);
}

static void put_row(FILE *out, const struct verdicts_group *group,
                    const struct verdicts_comparison *row)
{
    cleanup_free char *figure = contrast_text_figure(row);
    cleanup_free char *unit = contrast_text_unit(row);
    cleanup_free char *named = text_format("%s%s%s", figure, unit[0] ? ", " : "", unit);
    cleanup_free char *before = contrast_text_value(row, row->result.baseline.median);
    cleanup_free char *now = contrast_text_value(row, row->result.candidate.median);
    cleanup_free char *change = contrast_text_change(row);
    cleanup_free char *interval = contrast_text_interval(row);
    bool is_missing = row->missing != NULL;
    putc('|', out);
    put_cell(out, group->workload);
    put_cell(out, options_object_allocator_name(group->object_allocator));
    put_cell(out, row->candidate);
    put_cell(out, named);
    put_cell(out, is_missing ? "-" : before);
    put_cell(out, is_missing ? "-" : now);
    put_cell(out, change);
    put_cell(out, interval);
    put_cell(out, is_missing ? "not comparable" : verdict_name(row->result.verdict));
    putc('\n', out);
}

/* A text that grows as long as there is room, and counts what there was none for. */
struct page {
    FILE *out;
    char *text;
    size_t length, room, left_out;
};

/* Keeps the lines written since `mark` if they fit. */
static void keep(struct page *page, long mark)
{
    enum { FOR_THE_LAST_LINE = 100 };
    fflush(page->out);
    if (page->length + FOR_THE_LAST_LINE > page->room) {
        fseek(page->out, mark, SEEK_SET);
        page->left_out++;
    }
}

static void put_list(struct page *page, const struct annotations *annotations)
{
    for (size_t i = 0; i < annotations->count && page->left_out == 0; i++) {
        long mark = ftell(page->out);
        fprintf(page->out, "- **%s** ", annotations->items[i].is_error ? "error" : "warning");
        markdown_put_text(page->out, annotations->items[i].text, TEXT_MOST);
        putc('\n', page->out);
        keep(page, mark);
    }
}

static void put_table(struct page *page, const struct verdicts *verdicts)
{
    static const char head[] =
        "\n| workload | objects | allocator | figure | before | now | change | interval | verdict |"
        "\n| --- | --- | --- | --- | ---: | ---: | ---: | ---: | --- |\n";
    bool has_head = false;
    for (size_t i = 0; i < verdicts->group_count; i++) {
        const struct verdicts_group *group = &verdicts->groups[i];
        for (size_t j = 0; j < group->comparison_count; j++) {
            long mark = ftell(page->out);
            if (!group->comparisons[j].is_against_baseline) {
                continue;
            }
            if (page->left_out > 0) {
                page->left_out++;
                continue;
            }
            fputs(has_head ? "" : head, page->out);
            has_head = true;
            put_row(page->out, group, &group->comparisons[j]);
            keep(page, mark);
        }
    }
}

char *annotations_markdown(const struct annotations *annotations, const struct verdicts *verdicts,
                           size_t room)
{
    struct page page = {.room = room};
    page.out = open_memstream(&page.text, &page.length);
    if (!page.out) {
        return text_copy("");
    }
    fprintf(page.out, "### membench: %zu of %zu gates and claims hold\n\n", annotations->held,
            annotations->held + annotations->count);
    put_list(&page, annotations);
    if (verdicts) {
        put_table(&page, verdicts);
    }
    if (page.left_out > 0) {
        fprintf(page.out, "\nand %zu more\n", page.left_out);
    }
    fputc('\n', page.out);
    fclose(page.out);
    if (page.length > room) {
        page.text[0] = '\0';
    }
    return page.text;
}

/* ---- where the environment asks for them ---- */

static int append_summary(const struct annotations *annotations, const struct verdicts *verdicts,
                          const char *path, struct error *err)
{
    struct stat status;
    cleanup_close int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0 || fstat(file, &status)) {
        return error_errno(err, "cannot append to GITHUB_STEP_SUMMARY, '%s'", path);
    }
    /* What earlier commands of this step have written takes room too. */
    off_t taken = S_ISREG(status.st_mode) ? status.st_size : 0;
    size_t room =
        taken < ANNOTATIONS_SUMMARY_BYTES ? (size_t)(ANNOTATIONS_SUMMARY_BYTES - taken) : 0;
    cleanup_free char *text = annotations_markdown(annotations, verdicts, room);
    size_t length = strlen(text);
    ssize_t written = write(file, text, length);
    if (written < 0 || (size_t)written < length) {
        errno = written < 0 ? errno : ENOSPC;
        return error_errno(err, "cannot append to GITHUB_STEP_SUMMARY, '%s'", path);
    }
    return 0;
}

int annotations_publish(const struct annotations *annotations, const struct verdicts *verdicts,
                        FILE *out, struct error *err)
{
    const char *actions = getenv("GITHUB_ACTIONS"), *summary = getenv("GITHUB_STEP_SUMMARY");
    if (!actions || strcmp(actions, "true") != 0) {
        return 0;
    }
    annotations_print(annotations, out);
    bool has_anything = annotations->count + annotations->held > 0;
    return summary && summary[0] && has_anything
               ? append_summary(annotations, verdicts, summary, err)
               : 0;
}
