#include "measure/host_class.h"

#include <string.h>

#include "base/cleanup.h"

static const char kernel[] = "kernel";

const char *const host_class_facts[HOST_CLASS_FACTS] = {kernel,       "machine",    "page size",
                                                        "huge pages", "processors", "glibc"};

/* "6.18" of "6.18.44-cloud". */
static size_t length_of_series(const char *release)
{
    size_t major = strspn(release, "0123456789");
    size_t minor = release[major] == '.' ? strspn(release + major + 1, "0123456789") : 0;
    return minor > 0 ? major + 1 + minor : strlen(release);
}

char *host_class_value(const struct host *host, const char *fact)
{
    const char *value = host_value(host, fact);
    if (!value) {
        return text_copy("");
    }
    size_t length = strcmp(fact, kernel) == 0 ? length_of_series(value) : strlen(value);
    return text_format("%.*s", (int)length, value);
}

char *host_class_difference(const struct host *one, const struct host *other)
{
    struct text_list differences = {0};
    for (int i = 0; i < HOST_CLASS_FACTS; i++) {
        const char *fact = host_class_facts[i];
        cleanup_free char *first = host_class_value(one, fact);
        cleanup_free char *second = host_class_value(other, fact);
        if (strcmp(first, second) != 0) {
            cleanup_free char *text =
                text_format("%s %s, not %s", fact, first[0] ? first : "unknown",
                            second[0] ? second : "unknown");
            text_list_add(&differences, text);
        }
    }
    char *all = differences.count > 0 ? text_join(&differences, "; ") : NULL;
    text_list_clear(&differences);
    return all;
}
