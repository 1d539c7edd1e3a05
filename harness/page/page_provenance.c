#include "page/page_provenance.h"

#include <inttypes.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "page/page_region.h"
#include "picture/markup.h"
#include "report/served.h"
#include "report/shell.h"

/* Empty text is left out. */
static void put_fact(FILE *out, const char *name, const char *value)
{
    if (value && value[0]) {
        fputs("<tr><th scope=\"row\">", out);
        markup_put_name(out, name);
        fputs("</th><td>", out);
        markup_put_paragraph(out, value);
        fputs("</td></tr>\n", out);
    }
}

static void print_run(FILE *out, const struct report *report)
{
    const struct run_info *info = report->info;
    const struct options *options = report->plan->options;
    cleanup_free char *seed = text_format("%" PRIu64, info->seed);
    cleanup_free char *runs = text_format("%u of each allocator, %u cycle%s each", options->runs,
                                          options->cycles, options->cycles == 1 ? "" : "s");
    cleanup_free char *python = served_pythons(report->records, report->record_count);
    page_region_begin_table(out, "facts", "Run", NULL, NULL);
    fputs("<tbody>\n", out);
    put_fact(out, "run", info->id);
    put_fact(out, "started", info->started);
    put_fact(out, "finished", info->finished[0] ? info->finished : "not finished");
    put_fact(out, "membench", info->version);
    put_fact(out, "Python", python);
    put_fact(out, "runs", runs);
    put_fact(out, "seed", seed);
    put_fact(out, "layout", options_layout_name(options->layout));
    put_fact(out, "directory", info->directory);
    put_fact(out, "results", info->out);
    page_region_end_table(out);
}

static void print_host(FILE *out, const struct host *host)
{
    if (host->names.count > 0) {
        page_region_begin_table(out, "facts", "Machine", NULL, NULL);
        fputs("<tbody>\n", out);
        for (size_t i = 0; i < host->names.count && i < host->values.count; i++) {
            put_fact(out, host->names.items[i], host->values.items[i]);
        }
        page_region_end_table(out);
    }
}

static void put_code(FILE *out, const char *text)
{
    if (text && text[0]) {
        fputs("<td><code>", out);
        markup_put_paragraph(out, text);
        fputs("</code></td>", out);
    } else {
        fputs("<td class=\"absent\">–</td>", out);
    }
}

/* `identity` is NULL where no trial came so far. */
static void put_allocator(FILE *out, const struct setting *setting,
                          const struct wire_hello *identity)
{
    cleanup_free char *environment = text_join(&setting->environment, " ");
    fputs("<tr><th scope=\"row\">", out);
    markup_put_name(out, setting->name);
    fputs("</th>", out);
    if (!identity && !setting->is_available) {
        fputs("<td colspan=\"4\">not available", out);
        fputs(setting->reason && setting->reason[0] ? ": " : "", out);
        markup_put_paragraph(out, setting->reason ? setting->reason : "");
        fputs("</td>", out);
    } else {
        put_code(out, identity ? identity->version : NULL);
        put_code(out, identity ? identity->library : setting->library);
        put_code(out, identity ? identity->build_id : NULL);
        put_code(out, identity ? identity->settings : NULL);
    }
    put_code(out, environment);
    fputs("</tr>\n", out);
}

/* A row for each malloc that served a setting: one, unless it was changed in between. */
static void put_identities(FILE *out, const struct report *report, const struct setting *setting)
{
    cleanup_free const struct wire_hello **identities =
        text_allocate((report->record_count + 1) * sizeof *identities);
    size_t count = served_mallocs(report->records, report->record_count, setting, identities);
    for (size_t i = 0; i < count; i++) {
        put_allocator(out, setting, identities[i]);
    }
    if (count == 0) {
        put_allocator(out, setting, NULL);
    }
}

static void print_allocators(FILE *out, const struct report *report)
{
    page_region_begin_table(out, "long", "Allocators", NULL, NULL);
    fputs("<thead><tr><th scope=\"col\">allocator</th><th scope=\"col\">version</th>"
          "<th scope=\"col\">library</th><th scope=\"col\">build-id</th>"
          "<th scope=\"col\">settings in effect</th><th scope=\"col\">environment</th>"
          "</tr></thead>\n<tbody>\n",
          out);
    for (size_t i = 0; i < report->plan->setting_count; i++) {
        put_identities(out, report, &report->plan->settings[i]);
    }
    page_region_end_table(out);
}

static void print_workloads(FILE *out, const struct plan *plan)
{
    page_region_begin_table(out, "long", "Workloads", NULL, NULL);
    fputs("<thead><tr><th scope=\"col\">workload</th><th scope=\"col\">file</th>"
          "<th scope=\"col\">sha-256</th></tr></thead>\n<tbody>\n",
          out);
    for (size_t i = 0; i < plan->workload_count; i++) {
        const struct workload *workload = &plan->workloads[i];
        fputs("<tr><th scope=\"row\">", out);
        markup_put_name(out, workload->name);
        fputs("</th>", out);
        put_code(out, workload->path);
        put_code(out, workload->sha256);
        fputs("</tr>\n", out);
    }
    page_region_end_table(out);
}

static void print_command(FILE *out, const struct run_info *info)
{
    cleanup_free char *directory = shell_quote(info->directory);
    cleanup_free char *command = shell_repeat(&info->command, info->seed);
    fputs("<h3>To repeat this run</h3>\n"
          "<pre class=\"command\" tabindex=\"0\" role=\"region\" aria-label=\"the command to "
          "repeat this run\">cd ",
          out);
    markup_put_text(out, directory);
    putc('\n', out);
    markup_put_text(out, command);
    fputs("</pre>\n", out);
}

void page_provenance_print(FILE *out, const struct report *report)
{
    fputs("<section id=\"provenance\">\n<h2>Provenance</h2>\n", out);
    print_command(out, report->info);
    fputs("<div class=\"pair\">\n", out);
    print_run(out, report);
    print_host(out, &report->info->host);
    fputs("</div>\n", out);
    print_allocators(out, report);
    print_workloads(out, report->plan);
    fputs("</section>\n", out);
}
