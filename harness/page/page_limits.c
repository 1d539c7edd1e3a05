#include "page/page_limits.h"

#include "picture/markup.h"

void page_limits_print(FILE *out, const struct report *report)
{
    const struct findings *limits = &report->limits;
    if (limits->count == 0) {
        return;
    }
    fputs("<section id=\"limits\">\n<h2>Mind</h2>\n<ul class=\"limits\">\n", out);
    for (size_t i = 0; i < limits->count; i++) {
        const struct finding *limit = &limits->items[i];
        fprintf(out, "<li class=\"%s\"><strong>%s</strong>: ", finding_grade_name(limit->grade),
                limit->subject);
        markup_put_paragraph(out, limit->text);
        fputs(" <span class=\"hint\">hint: ", out);
        markup_put_paragraph(out, limit->hint);
        fputs("</span></li>\n", out);
    }
    fputs("</ul>\n</section>\n", out);
}
