#include "tests/support/labels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "picture/frame.h"
#include "picture/svg.h"

struct label {
    double left, right, top, bottom;
    char text[200];
};

static double number_behind(const char *at, const char *name)
{
    const char *found = strstr(at, name);
    if (!found) {
        fail_msg("no%s in '%.60s'", name, at);
        return 0;
    }
    return strtod(found + strlen(name), NULL);
}

/* A character for each reference: an entity is as wide as what it stands for. */
static void take_text(struct label *label, const char *at)
{
    size_t used = 0;
    while (*at != '<' && *at != '\0' && used + 1 < sizeof label->text) {
        bool is_reference = *at == '&';
        label->text[used++] = is_reference ? '?' : *at;
        at += is_reference ? strcspn(at, ";") + 1 : 1;
    }
    label->text[used] = '\0';
}

static struct label read_label(const char *tag)
{
    char class[32];
    const char *name = strstr(tag, "class=\"") + strlen("class=\"");
    snprintf(class, sizeof class, "%.*s", (int)strcspn(name, "\""), name);
    bool is_large = text_starts_with(class, "label") || text_starts_with(class, "group");
    double font = is_large ? FRAME_FONT : FRAME_SMALL;
    struct label label;
    take_text(&label, strchr(tag, '>') + 1);
    double width = svg_text_width(label.text, font);
    double x = number_behind(tag, " x=\""), y = number_behind(tag, " y=\"");
    label.left = x - (strstr(class, " y") ? width : strstr(class, " x") ? width / 2 : 0);
    label.right = label.left + width;
    label.top = y - 0.8 * font;
    label.bottom = label.top + font;
    return label;
}

static bool do_meet(const struct label *a, const struct label *b)
{
    static const double hair = 0.11; /* lengths are written to a tenth */
    return a->left + hair < b->right && b->left + hair < a->right && a->top + hair < b->bottom &&
           b->top + hair < a->bottom;
}

void labels_check(const char *svg)
{
    static const double hair = 0.11;
    double top = number_behind(svg, "viewBox=\"0 "); /* a file of its own has a title above 0 */
    double bottom = top + number_behind(strstr(svg, "viewBox="), " 720 ");
    cleanup_free struct label *labels = NULL;
    size_t count = 0;
    for (const char *at = svg; (at = strstr(at, "<text ")); at++) {
        labels = text_grow(labels, count + 1, sizeof *labels);
        labels[count] = read_label(at);
        const struct label *label = &labels[count];
        if (label->left < -hair || label->right > FRAME_WIDTH + hair || label->top < top ||
            label->bottom > bottom) {
            fail_msg("'%s' leaves the picture: %g to %g, %g to %g", label->text, label->left,
                     label->right, label->top, label->bottom);
        }
        for (size_t i = 0; i < count; i++) {
            if (do_meet(label, &labels[i])) {
                fail_msg("'%s' meets '%s'", label->text, labels[i].text);
            }
        }
        count++;
    }
    assert_true(count > 0);
}
