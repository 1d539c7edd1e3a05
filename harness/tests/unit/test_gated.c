#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "stats/gated.h"

static struct gate make(const char *name, enum gate_level level, double threshold)
{
    struct gate gate = {0};
    struct error err = {0};
    assert_int_equal(gate_parse(&gate, name, &err), 0);
    gate.level = level;
    gate.threshold = threshold;
    return gate;
}

static const struct gated_figure *find(const struct gated *gated, const char *phase,
                                       enum metric metric)
{
    const struct gated_figure *found = NULL;
    for (size_t i = 0; i < gated->count; i++) {
        if (gated->figures[i].metric == metric && strcmp(gated->figures[i].phase, phase) == 0) {
            assert_null(found); /* each once */
            found = &gated->figures[i];
        }
    }
    return found;
}

static void a_gate_of_a_metric_is_one_of_end_and_of_settled(void **state)
{
    (void)state;
    struct gate gate = make("anon", GATE_WARN, 0.5);
    struct gated gated;
    gated_init(&gated, &gate, 1);
    assert_int_equal(gated.count, 2);
    assert_true(find(&gated, "end", METRIC_ANON)->threshold == 0.5);
    assert_int_equal(find(&gated, "settled", METRIC_ANON)->level, GATE_WARN);
    gated_clear(&gated);
    gate_clear(&gate);
}

static void a_gate_of_a_phase_goes_before_one_of_the_metric(void **state)
{
    (void)state;
    struct gate gates[] = {make("end.anon", GATE_OFF, 0), make("anon", GATE_ERROR, 0.5),
                           make("released.anon", GATE_ERROR, 0.1)};
    struct gated gated;
    gated_init(&gated, gates, 3);
    assert_int_equal(gated.count, 2); /* what is off is not looked at */
    assert_null(find(&gated, "end", METRIC_ANON));
    assert_true(find(&gated, "settled", METRIC_ANON)->threshold == 0.5);
    assert_true(find(&gated, "released", METRIC_ANON)->threshold == 0.1);
    gated_clear(&gated);
    for (int i = 0; i < 3; i++) {
        gate_clear(&gates[i]);
    }
}

static void without_a_plan_memory_and_objects_are_errors_and_times_warnings(void **state)
{
    (void)state;
    struct gated gated;
    gated_init(&gated, NULL, 0);
    assert_int_equal(find(&gated, "settled", METRIC_ANON)->level, GATE_ERROR);
    assert_int_equal(find(&gated, "end", METRIC_TRACKED_OBJECTS)->level, GATE_ERROR);
    assert_int_equal(find(&gated, "end", METRIC_LIVE_BYTES)->level, GATE_ERROR);
    assert_int_equal(find(&gated, "end", METRIC_ALLOCATED_BLOCKS)->level, GATE_ERROR);
    assert_int_equal(find(&gated, "end", METRIC_CPU_SECONDS)->level, GATE_WARN);
    assert_int_equal(find(&gated, "end", METRIC_WALL_SECONDS)->level, GATE_WARN);
    assert_null(find(&gated, "settled", METRIC_WALL_SECONDS));
    gated_clear(&gated);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gate_of_a_metric_is_one_of_end_and_of_settled),
        cmocka_unit_test(a_gate_of_a_phase_goes_before_one_of_the_metric),
        cmocka_unit_test(without_a_plan_memory_and_objects_are_errors_and_times_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
