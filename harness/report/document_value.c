#include "report/document_value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/utf8.h"

/* jansson escapes control characters itself, but takes no broken UTF-8. */
static char *mend(const char *text)
{
    char *mended = NULL;
    size_t size;
    FILE *out = open_memstream(&mended, &size);
    if (!out) {
        return text_copy("");
    }
    for (size_t left = strlen(text); left > 0;) {
        uint32_t character;
        size_t taken = utf8_decode(text, left, &character);
        if (character == UTF8_BROKEN) {
            fputs(UTF8_REPLACEMENT, out);
        } else {
            fwrite(text, 1, taken, out);
        }
        text += taken;
        left -= taken;
    }
    fclose(out);
    return mended;
}

json_t *document_text(const char *text)
{
    if (!text || text[0] == '\0') {
        return json_null();
    }
    cleanup_free char *mended = mend(text);
    return json_string(mended);
}

json_t *document_number(double value)
{
    static const double exact = 0x1p53, decimals = 1e9;
    if (!isfinite(value)) {
        return json_null();
    }
    double rounded = fabs(value) < exact / decimals ? round(value * decimals) / decimals : value;
    if (rounded == trunc(rounded) && fabs(rounded) < exact) {
        return json_integer((json_int_t)rounded);
    }
    return json_real(rounded);
}

json_t *document_count(size_t count)
{
    return count > 0 ? json_integer((json_int_t)count) : json_null();
}

void document_set(json_t *object, const char *name, json_t *value)
{
    cleanup_free char *mended = mend(name);
    json_object_set_new(object, mended, value);
}

json_t *document_texts(const struct text_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        cleanup_free char *mended = mend(list->items[i]);
        json_array_append_new(array, json_string(mended)); /* empty words of a command count */
    }
    return array;
}
