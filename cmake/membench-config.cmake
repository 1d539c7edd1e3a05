# find_package(membench): the program as the target membench::membench, and membench_add_test().
include("${CMAKE_CURRENT_LIST_DIR}/membench-targets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/membench-add-test.cmake")
