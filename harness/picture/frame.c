#include "picture/frame.h"

#include <math.h>

#include "picture/markup.h"
#include "picture/svg.h"

extern const char picture_source[]; /* picture.css */

/* Above the picture: where no page stands around it, its title must be seen. */
enum { FILE_HEAD = 26, BASELINE = 9 };

static void print_head(FILE *out, const char *title)
{
    fprintf(
        out,
        "<style>%s</style>\n<rect class=\"paper\" y=\"-%d\" width=\"100%%\" height=\"100%%\"/>\n",
        picture_source, FILE_HEAD);
    frame_begin_text(out, "group", 0, -BASELINE);
    markup_put_cut(out, title, svg_text_fit(title, FRAME_FONT, FRAME_WIDTH * 0.9)); /* it is bold */
    frame_end_text(out);
}

void frame_begin(FILE *out, const struct frame *frame, const char *class, double height)
{
    int head = frame->is_file ? FILE_HEAD : 0;
    fputs("<svg", out);
    if (frame->is_file) {
        fprintf(out, " xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\"",
                FRAME_WIDTH, height + head);
    }
    fprintf(out,
            " class=\"%s\" viewBox=\"0 %d %d %.0f\" role=\"img\" "
            "aria-labelledby=\"%s-title\" aria-describedby=\"%s-desc\">\n<title id=\"%s-title\">",
            class, -head, FRAME_WIDTH, height + head, frame->id, frame->id, frame->id);
    markup_put_cut(out, frame->title, MARKUP_PARAGRAPH);
    fprintf(out, "</title>\n<desc id=\"%s-desc\">", frame->id);
    markup_put_cut(out, frame->description, FRAME_DESCRIPTION);
    fputs("</desc>\n", out);
    if (frame->is_file) {
        print_head(out, frame->title);
    }
}

void frame_end(FILE *out)
{
    fputs("</svg>\n", out);
}

void frame_begin_series(FILE *out, const char *class, size_t index, const char *name)
{
    fprintf(out, "<g class=\"%s s%zu d%zu\" data-name=\"", class, index % FRAME_COLORS,
            index % FRAME_DASHES);
    markup_put_cut(out, name, MARKUP_NAME);
    fputs("\">", out);
}

void frame_end_group(FILE *out)
{
    fputs("</g>\n", out);
}

double frame_round(double length)
{
    return round(length * 10) / 10;
}

void frame_put_length(FILE *out, const char *name, double length)
{
    markup_put_value(out, name, frame_round(length));
}

void frame_begin_text(FILE *out, const char *class, double x, double y)
{
    fprintf(out, "<text class=\"%s\"", class);
    frame_put_length(out, "x", x);
    frame_put_length(out, "y", y);
    putc('>', out);
}

void frame_end_text(FILE *out)
{
    fputs("</text>\n", out);
}

void frame_put_line(FILE *out, const char *class, double x1, double y1, double x2, double y2)
{
    fprintf(out, "<path class=\"%s\" d=\"M", class);
    markup_put_exact(out, frame_round(x1));
    putc(' ', out);
    markup_put_exact(out, frame_round(y1));
    putc('L', out);
    markup_put_exact(out, frame_round(x2));
    putc(' ', out);
    markup_put_exact(out, frame_round(y2));
    fputs("\"/>", out);
}

void frame_begin_mark(FILE *out, const char *class, size_t kind, double x, double y)
{
    static const char *const shapes[] = {
        "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z",                          /* circle */
        "m-2.8-2.8h5.6v5.6h-5.6z",                                     /* square */
        "m0-3.8l3.6 6.2h-7.2z",                                        /* triangle */
        "m0-4l4 4l-4 4l-4-4z",                                         /* diamond */
        "m0 3.8l3.6-6.2h-7.2z",                                        /* triangle, upside down */
        "m-1.3-3.7h2.6v2.4h2.4v2.6h-2.4v2.4h-2.6v-2.4h-2.4v-2.6h2.4z", /* cross */
    };
    fprintf(out, "<path class=\"%s\" d=\"M", class);
    markup_put_exact(out, frame_round(x));
    putc(' ', out);
    markup_put_exact(out, frame_round(y));
    fprintf(out, "%s\"", shapes[kind % (sizeof shapes / sizeof *shapes)]);
}
