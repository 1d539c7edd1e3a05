#include "report/document_workloads.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/document_value.h"
#include "report/document_verdicts.h"
#include "report/row_figures.h"

/* ---- an allocator ---- */

static void add_figure(void *context, const struct row_figure *item)
{
    const struct summary_figure *figure = &item->figure;
    json_t *object = json_object();
    document_set(object, "unit", document_text(metric_unit_name(item->unit)));
    document_set(object, "count", json_integer((json_int_t)figure->count));
    document_set(object, "median", document_number(figure->median));
    document_set(object, "low", document_number(figure->low));
    document_set(object, "high", document_number(figure->high));
    document_set(object, "spread", document_number(figure->spread));
    document_set(object, "trial", document_count(item->trial));
    document_set(context, item->name, object);
}

static json_t *cause_of(const struct summary_row *row)
{
    const struct cause *cause = &row->cause;
    bool is_divided = cause->is_known && cause->held > 0;
    json_t *object = json_object(), *kinds = json_object();
    document_set(object, "held", document_number(cause->is_known ? cause->held : METRIC_ABSENT));
    document_set(object, "growing", json_boolean(cause->is_growing));
    document_set(object, "text", document_text(row->cause_text));
    for (int i = 0; i < CAUSE_KINDS; i++) {
        enum cause_kind kind = (enum cause_kind)i;
        double bytes = is_divided ? round(cause_bytes(cause, kind)) : METRIC_ABSENT;
        document_set(kinds, cause_key(kind), document_number(bytes));
    }
    document_set(object, "kinds", kinds);
    return object;
}

static json_t *failure_of(const struct summary_failure *failure)
{
    json_t *object = json_object();
    document_set(object, "outcome", document_text(outcome_name(failure->outcome)));
    document_set(object, "expected", json_boolean(failure->is_expected));
    document_set(object, "count", json_integer((json_int_t)failure->count));
    document_set(object, "trial", document_count(failure->trial));
    document_set(object, "summary", document_text(failure->summary));
    document_set(object, "hint", document_text(failure->hint));
    document_set(object, "traceback", document_text(failure->traceback));
    return object;
}

static json_t *allocator_of(const struct summary_row *row, unsigned cycles)
{
    json_t *object = json_object(), *figures = json_object(), *failures = json_array();
    document_set(object, "name", document_text(row->allocator));
    document_set(object, "ok", json_integer((json_int_t)row->ok));
    document_set(object, "trials", json_integer((json_int_t)row->total));
    row_figures_each(row, cycles, add_figure, figures);
    document_set(object, "figures", figures);
    document_set(object, "cause", cause_of(row));
    for (size_t i = 0; i < row->failure_count; i++) {
        json_array_append_new(failures, failure_of(&row->failures[i]));
    }
    document_set(object, "failures", failures);
    return object;
}

/* ---- a workload ---- */

/* A number beyond what JSON's readers keep stays as it is written. */
static json_t *parameter_of(const struct parameter *parameter)
{
    char *end;
    errno = 0;
    if (parameter->type == 'b') {
        return json_boolean(strcmp(parameter->value, "True") == 0);
    }
    if (parameter->type == 'i') {
        long long value = strtoll(parameter->value, &end, 10);
        return errno || *end ? document_text(parameter->value) : json_integer(value);
    }
    if (parameter->type == 'f') {
        double value = strtod(parameter->value, &end);
        return *end || !isfinite(value) ? document_text(parameter->value) : json_real(value);
    }
    return parameter->value[0] ? document_text(parameter->value) : json_string("");
}

static const struct workload *planned_of(const struct plan *plan,
                                         const struct summary_workload *workload)
{
    for (size_t i = 0; i < plan->workload_count; i++) {
        if (strcmp(plan->workloads[i].name, workload->name) == 0) {
            return &plan->workloads[i];
        }
    }
    return NULL;
}

static void describe(json_t *object, const struct workload *planned)
{
    json_t *parameters = json_object();
    for (size_t i = 0; planned && i < planned->parameter_count; i++) {
        document_set(parameters, planned->parameters[i].name,
                     parameter_of(&planned->parameters[i]));
    }
    document_set(object, "parameters", parameters);
    document_set(object, "path", document_text(planned ? planned->path : NULL));
    document_set(object, "sha256", document_text(planned ? planned->sha256 : NULL));
}

static json_t *group_of(const struct report *report, const struct summary_workload *workload,
                        const struct summary_group *group)
{
    json_t *object = json_object(), *allocators = json_array();
    const char *object_allocator = options_object_allocator_name(group->object_allocator);
    document_set(object, "object_allocator", document_text(object_allocator));
    for (size_t i = 0; i < group->row_count; i++) {
        json_array_append_new(allocators, allocator_of(&group->rows[i], report->summary.cycles));
    }
    document_set(object, "allocators", allocators);
    document_set(object, "comparisons",
                 document_comparisons(&report->verdicts, workload, group->object_allocator));
    return object;
}

static json_t *warnings_of(const struct summary_workload *workload)
{
    json_t *array = json_array();
    for (size_t i = 0; i < workload->warning_count; i++) {
        const struct summary_warning *warning = &workload->warnings[i];
        json_t *object = json_object();
        document_set(object, "text", document_text(warning->text));
        document_set(object, "count", json_integer((json_int_t)warning->count));
        document_set(object, "allocators", document_texts(&warning->allocators));
        json_array_append_new(array, object);
    }
    return array;
}

json_t *document_workloads(const struct report *report)
{
    json_t *array = json_array();
    for (size_t i = 0; i < report->summary.workload_count; i++) {
        const struct summary_workload *workload = &report->summary.workloads[i];
        json_t *object = json_object(), *groups = json_array();
        document_set(object, "name", document_text(workload->name));
        document_set(object, "summary", document_text(workload->summary));
        describe(object, planned_of(report->plan, workload));
        for (size_t j = 0; j < workload->group_count; j++) {
            json_array_append_new(groups, group_of(report, workload, &workload->groups[j]));
        }
        document_set(object, "groups", groups);
        document_set(object, "warnings", warnings_of(workload));
        json_array_append_new(array, object);
    }
    return array;
}
