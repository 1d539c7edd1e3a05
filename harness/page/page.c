#include "page/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "page/page_causes.h"
#include "page/page_curves.h"
#include "page/page_cycles.h"
#include "page/page_dots.h"
#include "page/page_downloads.h"
#include "page/page_figures.h"
#include "page/page_forest.h"
#include "page/page_headcount.h"
#include "page/page_headlines.h"
#include "page/page_layers.h"
#include "page/page_limits.h"
#include "page/page_overview.h"
#include "page/page_pareto.h"
#include "page/page_provenance.h"
#include "page/page_trouble.h"
#include "page/page_verdicts.h"
#include "picture/markup.h"
#include "report/words.h"

extern const char picture_source[]; /* picture.css */
extern const char page_source[];    /* page.css */
extern const char page_script[];    /* page.js */

/* A SHA-256 comes from the build in hexadecimal; a policy wants it in base64. */
static void put_hash(FILE *out, const char *hexadecimal)
{
    unsigned char hash[32] = {0};
    for (size_t i = 0; i < 2 * sizeof hash && hexadecimal[i] != '\0'; i++) {
        char digit = hexadecimal[i];
        int nibble = digit <= '9' ? digit - '0' : digit - 'a' + 10;
        hash[i / 2] = (unsigned char)(hash[i / 2] << 4 | nibble);
    }
    fputs("sha256-", out);
    markup_put_base64(out, hash, sizeof hash);
}

/* The facts of the machine that stand in the first line. */
static void put_machine(FILE *out, const struct host *host)
{
    static const struct {
        const char *name, *before, *after;
    } facts[] = {{"processor", "", ""},
                 {"processors", "", " processors"},
                 {"memory", "", " memory"},
                 {"kernel", "Linux ", ""}};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        for (size_t j = 0; j < host->names.count && j < host->values.count; j++) {
            if (strcmp(host->names.items[j], facts[i].name) == 0) {
                fprintf(out, " · %s", facts[i].before);
                markup_put_name(out, host->values.items[j]);
                fputs(facts[i].after, out);
            }
        }
    }
}

static void put_date(FILE *out, const char *iso)
{
    fputs("<time datetime=\"", out);
    markup_put_cut(out, iso, MARKUP_NAME);
    fputs("\">", out);
    /* "2026-11-23T05:12:30Z" */
    if (strlen(iso) == 20 && iso[10] == 'T' && iso[19] == 'Z') {
        cleanup_free char *text = text_format("%.10s %.5s UTC", iso, iso + 11);
        markup_put_text(out, text);
    } else {
        markup_put_cut(out, iso, MARKUP_NAME);
    }
    fputs("</time>", out);
}

static void put_paragraph(FILE *out, const char *class, const char *text)
{
    if (text[0]) {
        fprintf(out, "<p class=\"%s\">", class);
        markup_put_paragraph(out, text);
        fputs("</p>\n", out);
    }
}

/* What the page is about: the plan's title, or its workloads. */
static void put_subject(FILE *out, const struct report *report, void (*put)(FILE *, const char *))
{
    const struct options *options = report->plan->options;
    const struct summary *summary = &report->summary;
    if (options->title && options->title[0]) {
        put(out, options->title);
    } else if (summary->workload_count > 0) {
        put(out, summary->workloads[0].name);
        if (summary->workload_count > 1) {
            fprintf(out, " and %zu more", summary->workload_count - 1);
        }
    } else {
        put(out, report->info->id);
    }
}

static void put_name_alone(FILE *out, const char *name)
{
    markup_put_cut(out, name, MARKUP_NAME);
}

static void print_head(FILE *out, const struct report *report)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '",
          out);
    put_hash(out, MEMBENCH_PAGE_STYLE_SHA256);
    fputs("'; script-src '", out);
    put_hash(out, MEMBENCH_PAGE_SCRIPT_SHA256);
    fputs("'; img-src data:; base-uri 'none'; form-action 'none'\"/>\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
          "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
          "<meta name=\"referrer\" content=\"no-referrer\"/>\n"
          "<link rel=\"icon\" href=\"data:,\"/>\n<title>membench: ",
          out);
    put_subject(out, report, put_name_alone);
    fprintf(out, "</title>\n<style>%s%s</style>\n</head>\n<body>\n<main>\n", picture_source,
            page_source);
}

static void print_title(FILE *out, const struct report *report)
{
    const struct run_info *info = report->info;
    const char *description = report->plan->options->description;
    fputs("<header>\n<h1><span>membench</span> ", out);
    put_subject(out, report, markup_put_name);
    fputs("</h1>\n<p class=\"machine\">run ", out);
    markup_put_name(out, info->id);
    fputs(" · ", out);
    put_date(out, info->started);
    put_machine(out, &info->host);
    fputs("</p>\n", out);
    put_paragraph(out, "summary", description ? description : "");
    fputs("</header>\n", out);
}

static char *picture_id(const char *what, size_t workload, size_t group)
{
    return text_format("%s-%zu-%zu", what, workload + 1, group + 1);
}

/* From what was seen to what follows from it. */
static void print_pictures(FILE *out, const struct report *report, size_t index, size_t group_index,
                           enum page_detail detail)
{
    const struct summary_workload *workload = &report->summary.workloads[index];
    const struct summary_group *group = &workload->groups[group_index];
    cleanup_free char *curves = picture_id("curves", index, group_index);
    cleanup_free char *dots = picture_id("dots", index, group_index);
    cleanup_free char *layers = picture_id("layers", index, group_index);
    cleanup_free char *cycles = picture_id("cycles", index, group_index);
    cleanup_free char *forest = picture_id("forest", index, group_index);
    cleanup_free char *pareto = picture_id("pareto", index, group_index);
    page_curves_print(out, report, workload, group, curves, detail);
    if (detail < PAGE_FEW_PICTURES) {
        page_dots_print(out, workload, group, dots, detail);
    }
    if (detail < PAGE_NO_OWNERS) {
        page_layers_print(out, workload, group, layers, detail);
    }
    page_cycles_print(out, &report->summary, workload, group, cycles, detail);
    page_forest_print(out, &report->verdicts, workload, group, forest, detail);
    if (detail < PAGE_FEW_PICTURES) {
        page_pareto_print(out, workload, group, pareto, detail);
    }
}

/* Returns whether there were any. */
static bool print_groups(FILE *out, const struct report *report, size_t index,
                         enum page_detail detail)
{
    const struct summary_workload *workload = &report->summary.workloads[index];
    bool is_any = false;
    for (size_t i = 0; i < workload->group_count; i++) {
        const struct summary_group *group = &workload->groups[i];
        if (group->ok > 0) {
            print_pictures(out, report, index, i, detail);
            page_causes_print(out, &report->summary, workload, group, detail);
            page_figures_print(out, workload, group);
            page_verdicts_print(out, &report->verdicts, workload, group, detail);
            is_any = true;
        }
    }
    return is_any;
}

static void print_workload(FILE *out, const struct report *report, size_t index,
                           enum page_detail detail)
{
    const struct summary_workload *workload = &report->summary.workloads[index];
    fprintf(out, "<section id=\"workload-%zu\">\n<h2>", index + 1);
    markup_put_name(out, workload->name);
    fputs("</h2>\n", out);
    put_paragraph(out, "summary", workload->summary);
    put_paragraph(out, "parameters", workload->parameters);
    if (!print_groups(out, report, index, detail)) {
        fputs("<p class=\"notice\">No run was ok, so there are no figures.</p>\n", out);
    }
    page_headcount_print(out, workload);
    page_trouble_print(out, workload, detail);
    fputs("</section>\n", out);
}

static void put_word(void *context, const char *word, const char *meaning)
{
    FILE *out = context;
    fputs("<div><dt>", out);
    markup_put_text(out, word);
    fputs("</dt><dd>", out);
    markup_put_text(out, meaning);
    fputs("</dd></div>\n", out);
}

static void print_words(FILE *out, const struct report *report)
{
    fputs("<section id=\"words\">\n<h2>How to read this</h2>\n"
          "<p>A run of a workload is one fresh process. At each phase it stands still and is read "
          "from outside. Figures are medians of the runs that were ok, and under each stands how "
          "far the runs lie apart.</p>\n<dl>\n",
          out);
    words_each(&report->summary, "±", "–", put_word, out);
    if (report->verdicts.group_count > 0) {
        words_each_verdict(true, put_word, out);
    }
    fputs("</dl>\n", out);
    page_layers_print_reason(out, &report->summary);
    fputs("</section>\n", out);
}

static void print_end(FILE *out, const struct report *report)
{
    fputs("</main>\n<footer><p>Made by membench ", out);
    markup_put_cut(out, report->info->version, MARKUP_NAME);
    fprintf(out,
            ". This page is one file and asks for nothing.</p></footer>\n"
            "<script>%s</script>\n</body>\n</html>\n",
            page_script);
}

/* What had to be left out, so that nobody misses it. */
static void print_left_out(FILE *out, enum page_detail detail)
{
    static const char tables[] =
        "the tables behind the pictures, the cause in each trial, and all but "
        "the end of what failed trials left";
    static const char *const words[PAGE_DETAILS] = {
        [PAGE_NO_TABLES] = tables,
        [PAGE_ONE_BAR] = "where memory is at other phases than settled",
        [PAGE_FEW_FIGURES] = "comparisons of other figures than settled.anon, cpu time and gates",
        [PAGE_FEW_PICTURES] = "the pictures of every run, and of time against memory",
        [PAGE_NO_OWNERS] = "where memory is"};
    if (detail == PAGE_WHOLE) {
        return;
    }
    fputs("<p class=\"notice\">So much was measured that this page leaves out ", out);
    for (int i = PAGE_WHOLE + 1; i <= (int)detail; i++) {
        fprintf(out, "%s%s", i > PAGE_WHOLE + 1 ? "; " : "", words[i]);
    }
    fputs(". The files named at its end have the figures, and a page of fewer workloads shows it "
          "all.</p>\n",
          out);
}

static void print_at(const struct report *report, enum page_detail detail, FILE *out)
{
    print_head(out, report);
    print_title(out, report);
    page_headlines_print(out, report);
    page_limits_print(out, report);
    page_overview_print(out, report);
    print_left_out(out, detail);
    for (size_t i = 0; i < report->summary.workload_count; i++) {
        print_workload(out, report, i, detail);
    }
    print_words(out, report);
    page_provenance_print(out, report);
    page_downloads_print(out, report, detail);
    print_end(out, report);
}

/* The page as text, and its length in `size`; NULL where there is no memory for it. */
static char *text_at(const struct report *report, enum page_detail detail, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    if (out) {
        print_at(report, detail, out);
        fclose(out);
    }
    return text;
}

void page_print(const struct report *report, FILE *out)
{
    enum page_detail detail = PAGE_WHOLE;
    for (; detail + 1 < PAGE_DETAILS; detail++) {
        size_t size = 0;
        cleanup_free char *text = text_at(report, detail, &size);
        if (text && size <= PAGE_LARGEST) {
            fwrite(text, 1, size, out);
            return;
        }
    }
    print_at(report, detail, out);
}

static void print_page(const void *report, FILE *out)
{
    page_print(report, out);
}

int page_write(const struct report *report, const char *path, struct error *err)
{
    return file_replace(path, print_page, report, err)
               ? error_hint(err, "free some space there, or choose another directory by --out")
               : 0;
}
