#include "cli/render.h"

#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cli/again.h"
#include "cli/against.h"
#include "cli/exit_status.h"
#include "cli/terminal.h"
#include "page/page.h"
#include "report/annotations.h"
#include "report/contrast_csv.h"
#include "report/csv.h"
#include "report/report.h"
#include "report/summary_csv.h"
#include "report/table.h"
#include "report/verdicts_csv.h"

/* csv_open overwrites nothing; these are ours, and made from the store each time. */
static void remove_old(const char *directory)
{
    static const char *const names[] = {"samples.csv", "curve.csv", "trials.csv", "census.csv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cleanup_free char *path = text_format("%s/%s", directory, names[i]);
        unlink(path);
    }
}

static int write_csv(const struct stored_run *run, const char *directory, struct error *err)
{
    struct csv_files files;
    remove_old(directory);
    int failed = csv_open(&files, directory, run->info.id, err);
    for (size_t i = 0; i < run->record_count && !failed; i++) {
        failed = csv_add(&files, &run->plan, &run->records[i], err);
    }
    struct error closing;
    if (csv_close(&files, failed ? &closing : err)) {
        failed = -1;
    }
    return failed;
}

/* output/trial-NNNN<suffix>, if there is something to write. */
static int write_text(const struct record *record, const char *directory, const char *suffix,
                      const char *text, size_t length, struct error *err)
{
    if (length == 0) {
        return 0;
    }
    cleanup_free char *folder = text_format("%s/output", directory);
    cleanup_free char *path = text_format("%s/trial-%04u%s", folder, record->trial->number, suffix);
    return file_make_directories(folder, err) || file_write(path, text, length, err) ? -1 : 0;
}

static int write_texts(const struct record *record, const char *directory, struct error *err)
{
    return write_text(record, directory, ".txt", record->output, record->output_length, err) ||
                   write_text(record, directory, "-stacks.txt", record->stacks,
                              strlen(record->stacks), err)
               ? -1
               : 0;
}

static int write_dumps(const struct record *record, const char *directory, struct error *err)
{
    for (size_t i = 0; i < record->dump_count; i++) {
        const struct dump *dump = &record->dumps[i];
        cleanup_free char *suffix = text_format("-%s-malloc.txt", dump->phase);
        if (write_text(record, directory, suffix, dump->text, strlen(dump->text), err)) {
            return -1;
        }
    }
    return 0;
}

static int write_views(const struct report *report, const char *directory, struct error *err)
{
    const char *run = report->info->id;
    cleanup_free char *csv = text_format("%s/summary.csv", directory);
    cleanup_free char *comparisons = text_format("%s/comparisons.csv", directory);
    cleanup_free char *html = text_format("%s/report.html", directory);
    return summary_csv_write(&report->summary, run, csv, err) ||
                   verdicts_csv_write(&report->verdicts, run, comparisons, err) ||
                   page_write(report, html, err)
               ? -1
               : 0;
}

static int write_files(const struct stored_run *run, const struct report *report, struct error *err)
{
    const char *directory = run->info.out;
    if (file_make_directories(directory, err) || write_csv(run, directory, err) ||
        write_views(report, directory, err)) {
        return -1;
    }
    for (size_t i = 0; i < run->record_count; i++) {
        if (write_texts(&run->records[i], directory, err) ||
            write_dumps(&run->records[i], directory, err)) {
            return -1;
        }
    }
    return 0;
}

static int print_table(const struct report *report, bool no_color, struct error *err)
{
    table_print(report, stdout, terminal_width(stdout), terminal_has_color(stdout, no_color),
                terminal_is_utf8());
    fflush(stdout);
    return ferror(stdout) ? error_set(err, "cannot write the table: the output is closed") : 0;
}

/* The run against the baseline that the options name. `status` becomes the worse of both. */
static int check_baseline(const struct stored_run *run, const struct options *options,
                          const struct verdicts *verdicts, int *status, struct error *err)
{
    struct against against = {0};
    struct annotations annotations = {0};
    annotations_add(&annotations, verdicts);
    int failed = 0;
    if (options->baseline) {
        cleanup_free char *path = against_path(options->baseline, options);
        cleanup_free char *csv = text_format("%s/baseline.csv", run->info.out);
        failed = against_file(&against, path, run, err);
        if (!failed) {
            putchar('\n');
            failed = against_print(&against, options->no_color, err) ||
                     contrast_csv_write(&against.contrast, run->info.id, csv, err);
            *status = exit_status_worse(*status, against_status(&against));
            annotations_add(&annotations, &against.contrast.verdicts);
        }
    }
    failed = annotations_publish(&annotations, &against.contrast.verdicts, stdout, err) || failed;
    annotations_clear(&annotations);
    against_clear(&against);
    return failed ? -1 : 0;
}

int render_run(const struct stored_run *run, struct database *database,
               const struct options *options, int *status, struct error *err)
{
    struct report report;
    report_make(&report, &run->info, &run->plan, run->records, run->record_count);
    *status = exit_status_of_verdicts(&report.verdicts, against_is_complete(run));
    int failed = write_files(run, &report, err);
    failed = print_table(&report, options->no_color, err) || failed;
    again_print(database, run, stdout);
    failed = check_baseline(run, options, &report.verdicts, status, err) || failed;
    printf("%s\n", run->info.out);
    report_clear(&report);
    return failed ? -1 : 0;
}
