#include "tests/support/elements.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/utf8.h"

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"

struct reader {
    const char *at;
    FILE *outline;
    struct text_list open, ids, references;
};

static void fail_at(const struct reader *reader, const char *why)
{
    fail_msg("%s at '%.80s'", why, reader->at);
}

static char *read_name(struct reader *reader)
{
    size_t length = strspn(reader->at, NAME_LETTERS);
    if (length == 0) {
        fail_at(reader, "no name");
    }
    char *name = strndup(reader->at, length);
    assert_non_null(name);
    reader->at += length;
    return name;
}

static bool holds(const struct text_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], text) == 0) {
            return true;
        }
    }
    return false;
}

/* One character of a text or of a value, or a reference. */
static void read_character(struct reader *reader)
{
    static const char *const references[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    if (*reader->at == '&') {
        for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
            if (text_starts_with(reader->at, references[i])) {
                reader->at += strlen(references[i]);
                return;
            }
        }
        fail_at(reader, "a bare '&'");
    }
    uint32_t character;
    size_t taken = utf8_decode(reader->at, strnlen(reader->at, 4), &character);
    bool is_replacement = taken == 3; /* U+FFFD as such is fine */
    bool is_broken = character == UTF8_BROKEN && !is_replacement;
    bool is_space = character == '\n' || character == '\t';
    if (is_broken || (utf8_is_control(character) && !is_space) || character == 0xFFFE ||
        character == 0xFFFF) {
        fail_at(reader, "a character that must not be");
    }
    reader->at += taken;
}

static char *read_value(struct reader *reader)
{
    if (!text_starts_with(reader->at, "=\"")) {
        fail_at(reader, "no quoted value");
    }
    reader->at += 2;
    const char *begin = reader->at;
    while (*reader->at != '"') {
        if (*reader->at == '\0' || *reader->at == '<') {
            fail_at(reader, "a value that does not end");
        }
        read_character(reader);
    }
    char *value = strndup(begin, (size_t)(reader->at - begin));
    assert_non_null(value);
    reader->at++;
    return value;
}

static void note_reference(struct reader *reader, const char *name, const char *value)
{
    if (strcmp(name, "id") == 0) {
        if (holds(&reader->ids, value)) {
            fail_at(reader, "an id for the second time before");
        }
        text_list_add(&reader->ids, value);
    } else if (strcmp(name, "href") == 0 && *value == '#') {
        text_list_add(&reader->references, value + 1);
    } else if (strcmp(name, "aria-labelledby") == 0 || strcmp(name, "aria-describedby") == 0) {
        text_list_split(&reader->references, value, ' ');
    }
}

static void read_attributes(struct reader *reader)
{
    struct text_list seen = {0};
    while (*reader->at == ' ') {
        reader->at++;
        cleanup_free char *name = read_name(reader);
        if (holds(&seen, name) || strcmp(name, "style") == 0 || text_starts_with(name, "on")) {
            fail_at(reader, "an attribute that must not be, before");
        }
        text_list_add(&seen, name);
        fprintf(reader->outline, " %s", name);
        cleanup_free char *value = read_value(reader);
        note_reference(reader, name, value);
    }
    text_list_clear(&seen);
}

static void close_element(struct reader *reader, const char *name)
{
    size_t last = reader->open.count - 1;
    if (reader->open.count == 0 || strcmp(reader->open.items[last], name) != 0) {
        fail_msg("</%s> closes no <%s> before '%.80s'", name, name, reader->at);
    }
    free(reader->open.items[last]);
    reader->open.items[last] = NULL;
    reader->open.count--;
}

/* Its text is none of the page's: it ends where the parser of a browser sees an end, and that is
 * where the page ends. So there is no other one, and none that a stranger has begun or ended. */
static void read_script(struct reader *reader)
{
    static const char begin[] = "<script>", end[] = "</script>", rest[] = "\n</body>\n</html>\n";
    const char *last = strstr(reader->at, end);
    if (!text_starts_with(reader->at, begin) || !last || strcmp(last + strlen(end), rest) != 0) {
        fail_at(reader, "a script");
    }
    fputs("script\n/script\n", reader->outline);
    reader->at = last + strlen(end);
}

static void read_tag(struct reader *reader)
{
    bool is_end = reader->at[1] == '/';
    reader->at += is_end ? 2 : 1;
    cleanup_free char *name = read_name(reader);
    fprintf(reader->outline, "%s%s", is_end ? "/" : "", name);
    if (is_end) {
        close_element(reader, name);
    } else {
        read_attributes(reader);
        bool is_empty = *reader->at == '/';
        reader->at += is_empty;
        if (!is_empty) {
            text_list_add(&reader->open, name);
        }
    }
    putc('\n', reader->outline);
    if (*reader->at != '>') {
        fail_at(reader, "a tag that does not end");
    }
    reader->at++;
}

static void check_references(const struct reader *reader)
{
    for (size_t i = 0; i < reader->references.count; i++) {
        if (!holds(&reader->ids, reader->references.items[i])) {
            fail_msg("nothing has the id '%s'", reader->references.items[i]);
        }
    }
}

char *elements_outline(const char *text)
{
    static const char doctype[] = "<!DOCTYPE html>\n";
    char *outline = NULL;
    size_t size = 0;
    struct reader reader = {.at = text, .outline = open_memstream(&outline, &size)};
    assert_non_null(reader.outline);
    if (text_starts_with(text, doctype)) {
        reader.at += strlen(doctype);
    }
    while (*reader.at != '\0') {
        if (text_starts_with(reader.at, "<script") || text_starts_with(reader.at, "</script")) {
            read_script(&reader);
        } else if (*reader.at == '<') {
            read_tag(&reader);
        } else {
            read_character(&reader);
        }
    }
    if (reader.open.count > 0) {
        fail_msg("<%s> is never closed", reader.open.items[reader.open.count - 1]);
    }
    check_references(&reader);
    fclose(reader.outline);
    text_list_clear(&reader.open);
    text_list_clear(&reader.ids);
    text_list_clear(&reader.references);
    return outline;
}

void elements_check(const char *text)
{
    free(elements_outline(text));
}

size_t elements_count(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part)) {
        count++;
    }
    return count;
}
