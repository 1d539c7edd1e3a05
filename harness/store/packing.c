#include "store/packing.h"

#include <endian.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Takes the reference. */
static char *dump(json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    json_decref(value);
    return text ? text : text_copy("[]");
}

/* What is not UTF-8 (a file name may be anything) is kept byte by byte as Latin-1. */
static json_t *text_value(const char *text)
{
    json_t *value = json_string(text);
    if (value) {
        return value;
    }
    char *widened = text_allocate(2 * strlen(text) + 1), *at = widened;
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c < 0x80) {
            *at++ = (char)*c;
        } else {
            *at++ = (char)(0xc0 | *c >> 6);
            *at++ = (char)(0x80 | (*c & 0x3f));
        }
    }
    *at = '\0';
    value = json_string(widened);
    free(widened);
    return value;
}

char *packing_of_texts(const struct text_list *texts)
{
    json_t *array = json_array();
    for (size_t i = 0; i < texts->count; i++) {
        json_array_append_new(array, text_value(texts->items[i]));
    }
    return dump(array);
}

void packing_read_texts(const char *json, struct text_list *texts)
{
    json_t *array = json_loads(json, 0, NULL), *value;
    size_t i;
    json_array_foreach(array, i, value)
    {
        const char *text = json_string_value(value);
        text_list_add(texts, text ? text : "");
    }
    json_decref(array);
}

char *packing_of_parameters(const struct workload *workload)
{
    json_t *array = json_array();
    for (size_t i = 0; i < workload->parameter_count; i++) {
        const struct parameter *parameter = &workload->parameters[i];
        char type[] = {parameter->type, '\0'};
        json_array_append_new(array, json_pack("[o, s, o]", text_value(parameter->name), type,
                                               text_value(parameter->value)));
    }
    return dump(array);
}

void packing_read_parameters(const char *json, struct workload *workload)
{
    json_t *array = json_loads(json, 0, NULL), *item;
    size_t i;
    json_array_foreach(array, i, item)
    {
        const char *name, *type, *value;
        if (json_unpack(item, "[s, s, s]", &name, &type, &value)) {
            continue;
        }
        workload->parameters = text_grow(workload->parameters, workload->parameter_count + 1,
                                         sizeof *workload->parameters);
        workload->parameters[workload->parameter_count++] =
            (struct parameter){.name = text_copy(name), .type = type[0], .value = text_copy(value)};
    }
    json_decref(array);
}

enum { FIELDS = 4 };

void *packing_of_curve(const struct curve_point *points, size_t count, size_t *size)
{
    uint64_t *packed = text_allocate(count * FIELDS * sizeof *packed);
    for (size_t i = 0; i < count; i++) {
        packed[FIELDS * i] = htole64((uint64_t)(points[i].elapsed * 1e6));
        packed[FIELDS * i + 1] = htole64((uint64_t)points[i].rss);
        packed[FIELDS * i + 2] = htole64((uint64_t)points[i].tree_private);
        packed[FIELDS * i + 3] = htole64(points[i].processes);
    }
    *size = count * FIELDS * sizeof *packed;
    return packed;
}

struct curve_point *packing_read_curve(const void *bytes, size_t size, size_t *count)
{
    *count = size / (FIELDS * sizeof(uint64_t));
    struct curve_point *points = text_allocate(*count * sizeof *points);
    for (size_t i = 0; i < *count; i++) {
        uint64_t packed[FIELDS];
        memcpy(packed, (const char *)bytes + i * sizeof packed, sizeof packed);
        points[i] = (struct curve_point){.elapsed = (double)le64toh(packed[0]) * 1e-6,
                                         .rss = (double)le64toh(packed[1]),
                                         .tree_private = (double)le64toh(packed[2]),
                                         .processes = (unsigned)le64toh(packed[3])};
    }
    return points;
}
