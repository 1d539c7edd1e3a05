#include "cli/formats.h"

#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cli/command_line.h"
#include "page/page.h"
#include "report/csv.h"
#include "report/decision.h"
#include "report/document.h"
#include "report/summary_csv.h"
#include "report/verdicts_csv.h"

/* ---- each of them ---- */

static int write_page(const struct report *report, const char *directory, struct error *err)
{
    cleanup_free char *path = text_format("%s/report.html", directory);
    return page_write(report, path, err);
}

/* The files of the trials are whole in `drafts`: they go into their places. */
static int place_trials(const char *drafts, const char *directory, struct error *err)
{
    static const char *const names[] = {"samples.csv", "curve.csv", "trials.csv", "census.csv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cleanup_free char *draft = text_format("%s/%s", drafts, names[i]);
        cleanup_free char *path = text_format("%s/%s", directory, names[i]);
        if (access(draft, F_OK)) {
            unlink(path); /* an older report's: this run has no census */
        } else if (rename(draft, path)) {
            return error_errno(err, "cannot write '%s'", path);
        }
    }
    return 0;
}

static int write_drafts(const struct report *report, const char *drafts, struct error *err)
{
    struct csv_files files;
    int failed = csv_open(&files, drafts, report->info->id, err);
    for (size_t i = 0; i < report->record_count && !failed; i++) {
        failed = csv_add(&files, report->plan, &report->records[i], err);
    }
    struct error closing;
    if (csv_close(&files, failed ? &closing : err)) {
        failed = -1;
    }
    return failed;
}

/* csv_open overwrites nothing, and a full disk must leave what was there whole. */
static int write_trials(const struct report *report, const char *directory, struct error *err)
{
    cleanup_free char *drafts = text_format("%s/drafts.%d", directory, (int)getpid());
    struct error removing;
    int failed = write_drafts(report, drafts, err) || place_trials(drafts, directory, err);
    if (file_remove_tree(drafts, failed ? &removing : err)) {
        failed = -1;
    }
    return failed ? -1 : 0;
}

static int write_csv(const struct report *report, const char *directory, struct error *err)
{
    const char *run = report->info->id;
    cleanup_free char *summary = text_format("%s/summary.csv", directory);
    cleanup_free char *comparisons = text_format("%s/comparisons.csv", directory);
    return write_trials(report, directory, err) ||
                   summary_csv_write(&report->summary, run, summary, err) ||
                   verdicts_csv_write(&report->verdicts, run, comparisons, err)
               ? -1
               : 0;
}

static int write_document(const struct report *report, const char *directory, struct error *err)
{
    cleanup_free char *path = text_format("%s/report.json", directory);
    return document_write(report, path, err);
}

/* ---- the table ---- */

static const struct format table[] = {
    {.name = "html",
     .is_always = true,
     .files = {"report.html"},
     .meaning = "the run as one page",
     .write = write_page},
    {.name = "csv",
     .is_always = true,
     .files = {"samples.csv", "curve.csv", "trials.csv", "summary.csv", "comparisons.csv"},
     .meaning = "every figure, one per row",
     .write = write_csv},
    {.name = "json",
     .files = {"report.json"},
     .meaning = "all of it but the curve, for programs",
     .write = write_document},
    {.name = "adr",
     .files = {"decision.md", "decision.svg"},
     .meaning = "a decision record in Markdown, with its picture",
     .write = decision_write},
};
enum { TABLE_COUNT = sizeof table / sizeof *table };

static const struct format *find(const char *name)
{
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (strcmp(table[i].name, name) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

static int refuse(const char *name, struct error *err)
{
    const char *names[TABLE_COUNT];
    struct text_list all = {0};
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        names[i] = table[i].name;
        text_list_add(&all, table[i].name);
    }
    cleanup_free char *list = text_join(&all, ", ");
    cleanup_free char *near = text_nearest(name, names, TABLE_COUNT);
    text_list_clear(&all);
    error_set(err, "there is no format '%s'", name);
    return near ? error_hint(err, "did you mean %s? one of %s", near, list)
                : error_hint(err, "one of %s", list);
}

int formats_add(struct text_list *formats, const char *names, struct error *err)
{
    struct text_list items = {0};
    int failed = 0;
    text_list_split(&items, names, ',');
    for (size_t i = 0; i < items.count && !failed; i++) {
        failed = find(items.items[i]) ? 0 : refuse(items.items[i], err);
        if (!failed) {
            text_list_add(formats, items.items[i]);
        }
    }
    text_list_clear(&items);
    return failed;
}

static bool is_wanted(const struct format *format, const struct text_list *formats,
                      const char *directory)
{
    cleanup_free char *path = text_format("%s/%s", directory, format->files[0]);
    bool is_asked_for = false;
    for (size_t i = 0; i < formats->count; i++) {
        is_asked_for |= strcmp(formats->items[i], format->name) == 0;
    }
    return format->is_always || is_asked_for || access(path, F_OK) == 0;
}

int formats_write(const struct report *report, const struct text_list *formats, struct error *err)
{
    const char *directory = report->info->out;
    if (file_make_directories(directory, err)) {
        return -1;
    }
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (is_wanted(&table[i], formats, directory) && table[i].write(report, directory, err)) {
            return -1;
        }
    }
    return 0;
}

void formats_print_help(FILE *out, unsigned indent, unsigned width)
{
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        struct text_list files = {0};
        for (size_t j = 0; j < FORMATS_FILES && table[i].files[j]; j++) {
            text_list_add(&files, table[i].files[j]);
        }
        cleanup_free char *names = text_join(&files, ", ");
        cleanup_free char *line = text_format("%s: %s (%s)%s", table[i].name, table[i].meaning,
                                              names, table[i].is_always ? ", always" : "");
        text_list_clear(&files);
        fprintf(out, "%*s", (int)indent, "");
        command_line_wrap(line, out, indent, indent + 2, width);
    }
}
