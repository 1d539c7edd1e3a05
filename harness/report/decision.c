#include "report/decision.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "report/decision_picture.h"
#include "report/decision_table.h"
#include "report/markdown.h"
#include "report/served.h"
#include "report/shell.h"

/* Characters that are shown, and items of a list, all in all below DECISION_LINES. */
enum {
    NAME = 60,
    SENTENCE = 400,
    PARAGRAPH = 600,
    MOST_HEADLINES = 4,
    MOST_LIMITS = 4,
    MOST_ALLOCATORS = 16,
};

static void put_text(FILE *out, const char *before, const char *text, const char *after)
{
    fputs(before, out);
    markdown_put_text(out, text, SENTENCE);
    fputs(after, out);
}

/* ---- what it is about ---- */

static const char *title_of(const struct report *report)
{
    const struct options *options = report->plan->options;
    if (options->title && options->title[0]) {
        return options->title;
    }
    return report->summary.workload_count > 0 ? report->summary.workloads[0].name : "membench";
}

static void print_title(const struct report *report, FILE *out)
{
    const struct headlines *headlines = &report->headlines;
    fputs("# ", out);
    markdown_put_text(out, title_of(report), NAME);
    if (headlines->tally && headlines->tally[0]) {
        put_text(out, ": ", headlines->tally, "");
    } else if (headlines->count > 0) {
        const struct headline *headline = &headlines->items[0];
        fprintf(out, ": %s %s", headline_sign(headline, false), headline->word);
    }
    fputs("\n\n", out);
}

static void print_context(const struct report *report, FILE *out)
{
    const struct summary *summary = &report->summary;
    const struct options *options = report->plan->options;
    const char *about = options->description;
    if ((!about || !about[0]) && summary->workload_count > 0) {
        about = summary->workloads[0].summary;
    }
    if (about && about[0]) {
        markdown_put_text(out, about, PARAGRAPH);
        putc(' ', out);
    }
    fprintf(out, "Measured by membench: %zu workload%s, %u run%s of each under every allocator",
            summary->workload_count, summary->workload_count == 1 ? "" : "s", summary->runs,
            summary->runs == 1 ? "" : "s");
    if (summary->cycles > 1) {
        fprintf(out, ", %u cycles each", summary->cycles);
    }
    fputs("; one run is one fresh process.\n\n", out);
}

/* ---- the verdict ---- */

/* A source may be an address: as code it is one that nobody follows by accident. */
static void put_claim(const struct report *report, const struct headline *headline, FILE *out)
{
    if (headline->claim >= report->verdicts.claim_count) {
        return;
    }
    const struct claim *claim = &report->verdicts.claims[headline->claim].claim;
    if (claim->title && claim->title[0]) {
        put_text(out, ". Claimed: ", claim->title, "");
    }
    if (claim->source && claim->source[0]) {
        fputs(", source ", out);
        markdown_put_code(out, claim->source, SENTENCE);
    }
}

static void print_headline(const struct report *report, const struct headline *headline, FILE *out)
{
    cleanup_free char *sentence = headline_sentence(headline);
    fprintf(out, "- %s ", headline_sign(headline, false));
    markdown_put_text(out, sentence, SENTENCE);
    put_claim(report, headline, out);
    putc('\n', out);
}

/* Price and cause of the first headline that has any; what was not measured has none. */
static void print_besides(const struct headlines *headlines, FILE *out)
{
    for (size_t i = 0; i < headlines->count; i++) {
        const struct headline *headline = &headlines->items[i];
        if (headline->price[0] == '\0' && headline->why[0] == '\0') {
            continue;
        }
        put_text(out, "- Of ", headline->subject, ":\n");
        if (headline->price[0]) {
            put_text(out, "  - price against ", headline->against, ": ");
            put_text(out, "", headline->price, "\n");
        }
        if (headline->why[0]) {
            put_text(out, "  - why it holds memory: ", headline->why, "\n");
        }
        return;
    }
}

static void print_verdict(const struct report *report, FILE *out)
{
    const struct headlines *headlines = &report->headlines;
    fputs("## Verdict\n\n", out);
    for (size_t i = 0; i < headlines->count && i < MOST_HEADLINES; i++) {
        print_headline(report, &headlines->items[i], out);
    }
    if (headlines->count > MOST_HEADLINES) {
        fprintf(out, "- and %zu more, all in the report\n", headlines->count - MOST_HEADLINES);
    }
    if (headlines->count == 0) {
        fputs("- nothing was measured\n", out);
    }
    print_besides(headlines, out);
    putc('\n', out);
}

/* ---- what it rests on ---- */

static void print_limits(const struct findings *limits, FILE *out)
{
    if (limits->count == 0) {
        return;
    }
    size_t shown = limits->count > MOST_LIMITS ? MOST_LIMITS - 1 : limits->count;
    fputs("## Limits\n\n", out);
    for (size_t i = 0; i < shown; i++) {
        put_text(out, "- ", limits->items[i].text, "\n");
    }
    if (shown < limits->count) {
        fprintf(out, "- and %zu more, all in the report\n", limits->count - shown);
    }
    putc('\n', out);
}

static void put_host(const struct host *host, FILE *out)
{
    static const struct {
        const char *name, *before, *after;
    } facts[] = {{"glibc", ", glibc ", ""},      {"kernel", ", Linux ", ""},
                 {"processors", ", ", " of "},   {"processor", "", ""},
                 {"memory", ", ", " of memory"}, {"huge pages", ", huge pages: ", ""}};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        const char *value = host_value(host, facts[i].name);
        if (value) {
            fputs(facts[i].before, out);
            markdown_put_text(out, value, NAME);
            fputs(facts[i].after, out);
        }
    }
}

/* One, unless the library was changed while the run lasted. */
static char *versions_of(const struct wire_hello *const *identities, size_t count)
{
    char *text = text_copy(count > 0 ? identities[0]->version : "");
    for (size_t i = 1; i < count; i++) {
        cleanup_free char *former = text;
        text = text_format("%s, then %s", former, identities[i]->version);
    }
    return text;
}

static void put_allocators(const struct report *report, FILE *out)
{
    size_t count = report->plan->setting_count, records = report->record_count;
    cleanup_free const struct wire_hello **identities =
        text_allocate((records + 1) * sizeof *identities);
    for (size_t i = 0; i < count && i < MOST_ALLOCATORS; i++) {
        const struct setting *setting = &report->plan->settings[i];
        size_t found = served_mallocs(report->records, records, setting, identities);
        cleanup_free char *version = versions_of(identities, found);
        fputs(i > 0 ? "; " : "", out);
        markdown_put_text(out, setting->name, NAME);
        if (found == 0) {
            fputs(setting->is_available ? ", of which no run came so far" : ", not available", out);
        } else if (version[0]) {
            put_text(out, " (", version, ")");
        }
    }
    if (count > MOST_ALLOCATORS) {
        fprintf(out, "; and %zu more", count - MOST_ALLOCATORS);
    }
    fputs(".\n\n", out);
}

static void print_environment(const struct report *report, FILE *out)
{
    cleanup_free char *pythons = served_pythons(report->records, report->record_count);
    fputs("## Environment\n\n", out);
    put_text(out, "membench ", report->info->version, "");
    put_text(out, pythons[0] ? ", Python " : "", pythons, "");
    put_host(&report->info->host, out);
    cleanup_free char *day = text_format("%.10s", report->info->started);
    put_text(out, "; ", day, ".\n\n");
    put_allocators(report, out);
}

static void print_command(const struct report *report, FILE *out)
{
    const struct run_info *info = report->info;
    cleanup_free char *directory = shell_quote(info->directory);
    cleanup_free char *command = shell_repeat(&info->command, info->seed);
    cleanup_free char *lines = text_format("cd %s\n%s", directory, command);
    fputs("## Repeat\n\n", out);
    markdown_put_block(out, lines);
    fputs("\nAll of it is in [report.html](report.html), run ", out);
    markdown_put_code(out, info->id, NAME);
    fputs(".\n", out);
}

/* ---- all of it ---- */

void decision_print(const struct report *report, FILE *out)
{
    print_title(report, out);
    print_context(report, out);
    print_verdict(report, out);
    decision_table_print(report, out);
    if (decision_picture_is_there(report)) {
        fprintf(out, "![%s](decision.svg)\n\n", decision_picture_name(report));
    }
    print_limits(&report->limits, out);
    print_environment(report, out);
    print_command(report, out);
}

static void print_record(const void *report, FILE *out)
{
    decision_print(report, out);
}

static void print_picture(const void *report, FILE *out)
{
    decision_picture_print(report, out);
}

int decision_write(const struct report *report, const char *directory, struct error *err)
{
    cleanup_free char *record = text_format("%s/decision.md", directory);
    cleanup_free char *picture = text_format("%s/decision.svg", directory);
    return file_replace(record, print_record, report, err) ||
                   file_replace(picture, print_picture, report, err)
               ? error_hint(err, "free some space there, or choose another directory by --out")
               : 0;
}
