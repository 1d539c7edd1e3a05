# membench_add_test(NAME PLAN [BASELINE FILE] [ARGUMENTS ARGUMENT...])
#
# Adds a test that measures what the plan (TOML) says and fails if a claim is refuted or a gate finds
# anything worse than the baseline: by default the plan's file with .txt for .toml, if there is one.
# Further arguments go to 'membench run'. The test has the label bench and runs alone; its results
# are in NAME-results of the build directory.
#
#   find_package(membench REQUIRED)
#   enable_testing()
#   membench_add_test(memory memory.toml)
#
# After a change that is meant: membench run --plan memory.toml && membench baseline save memory.txt
include_guard(GLOBAL)

function(membench_add_test name plan)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "BASELINE" "ARGUMENTS")
  if(DEFINED arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "membench_add_test(${name}): what is '${arg_UNPARSED_ARGUMENTS}'?")
  endif()
  cmake_path(ABSOLUTE_PATH plan)
  if(NOT EXISTS "${plan}")
    message(FATAL_ERROR "membench_add_test(${name}): there is no plan '${plan}'")
  endif()
  if(DEFINED arg_BASELINE)
    set(baseline "${arg_BASELINE}")
    cmake_path(ABSOLUTE_PATH baseline)
  else()
    cmake_path(REPLACE_EXTENSION plan LAST_ONLY .txt OUTPUT_VARIABLE baseline)
    if(NOT EXISTS "${baseline}")
      unset(baseline)
    endif()
  endif()
  set(check)
  if(DEFINED baseline)
    set(check --baseline "${baseline}")
  endif()
  add_test(NAME "${name}"
    COMMAND "$<TARGET_FILE:membench::membench>" run --quiet --plan "${plan}" ${check}
      --out "${CMAKE_CURRENT_BINARY_DIR}/${name}-results" ${arg_ARGUMENTS})
  set_tests_properties("${name}" PROPERTIES LABELS bench RUN_SERIAL ON)
endfunction()
