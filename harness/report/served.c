#include "report/served.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

static bool is_same(const struct wire_hello *a, const struct wire_hello *b)
{
    return strcmp(a->library, b->library) == 0 && strcmp(a->build_id, b->build_id) == 0 &&
           strcmp(a->version, b->version) == 0 && strcmp(a->settings, b->settings) == 0;
}

size_t served_mallocs(const struct record *records, size_t count, const struct setting *setting,
                      const struct wire_hello **identities)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const struct wire_hello *identity = &records[i].identity;
        bool is_ours = records[i].trial->setting == setting && identity->library[0] != '\0';
        if (is_ours && (found == 0 || !is_same(identities[found - 1], identity))) {
            identities[found++] = identity;
        }
    }
    return found;
}

char *served_pythons(const struct record *records, size_t count)
{
    struct text_list versions = {0};
    for (size_t i = 0; i < count; i++) {
        const char *python = records[i].identity.python;
        bool is_known = python[0] == '\0';
        for (size_t j = 0; j < versions.count; j++) {
            is_known = is_known || strcmp(versions.items[j], python) == 0;
        }
        if (!is_known) {
            text_list_add(&versions, python);
        }
    }
    char *text = text_join(&versions, ", ");
    text_list_clear(&versions);
    return text;
}
