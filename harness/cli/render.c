#include "cli/render.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cli/again.h"
#include "cli/against.h"
#include "cli/exit_status.h"
#include "cli/formats.h"
#include "cli/terminal.h"
#include "report/annotations.h"
#include "report/contrast_csv.h"
#include "report/document.h"
#include "report/report.h"
#include "report/table.h"

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

static int write_files(const struct stored_run *run, const struct report *report,
                       const struct text_list *formats, struct error *err)
{
    const char *directory = run->info.out;
    if (formats_write(report, formats, err)) {
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

static int print_document(const struct report *report, struct error *err)
{
    document_print(report, stdout);
    fflush(stdout);
    return ferror(stdout) ? error_set(err, "cannot write the report: the output is closed") : 0;
}

/* The run against the baseline that the options name. `status` becomes the worse of both. With
 * --json stdout is the document's alone: the table is in baseline.csv. */
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
        if (!failed && !options->json) {
            putchar('\n');
            failed = against_print(&against, options->no_color, err);
        }
        if (!failed) {
            failed = contrast_csv_write(&against.contrast, run->info.id, csv, err);
            *status = exit_status_worse(*status, against_status(&against));
            annotations_add(&annotations, &against.contrast.verdicts);
        }
    }
    failed = annotations_publish(&annotations, &against.contrast.verdicts,
                                 options->json ? stderr : stdout, err) ||
             failed;
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
    int failed = write_files(run, &report, &options->formats, err);
    failed = (options->json ? print_document(&report, err)
                            : print_table(&report, options->no_color, err)) ||
             failed;
    again_print(database, run, options->json ? stderr : stdout);
    failed = check_baseline(run, options, &report.verdicts, status, err) || failed;
    if (!options->json) {
        printf("%s\n", run->info.out);
    }
    report_clear(&report);
    return failed ? -1 : 0;
}
