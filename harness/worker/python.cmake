# The Python that the worker embeds. Offers
#
#   membench_python           what a program that embeds it links
#   MEMBENCH_PYTHON_VERSION   "3.11"
#
# MEMBENCH_PYTHON_PROGRAM names the interpreter, and that one is asked for all the rest: whatever
# `python3` comes first in PATH, the parts belong together.
#
# It is linked as Debian links its own python3: statically and not position independent. The shared
# library costs about 30 % of time and 200 KiB of memory against that.

# Structures of the interpreter are read in place (counts.c), so each version is added on purpose.
set(known_versions 3.11)

set(question [[
import sys, sysconfig
names = "INCLUDEPY LIBPL LIBRARY LIBDIR LDLIBRARY MODLIBS LIBS SYSLIBS".split()
print("%d.%d" % sys.version_info[:2], *map(sysconfig.get_config_var, names), sep=";")
]])
execute_process(COMMAND "${MEMBENCH_PYTHON_PROGRAM}" -I -S -c "${question}"
  OUTPUT_VARIABLE answer OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "'${MEMBENCH_PYTHON_PROGRAM}' does not run: ${failed}.\n"
    "On Debian 12, ci/setup installs it. Elsewhere give -DMEMBENCH_PYTHON_PROGRAM=PATH.")
endif()
list(POP_FRONT answer
  MEMBENCH_PYTHON_VERSION include_directory archive_directory archive shared_directory shared)
string(REPLACE ";" " " libraries "${answer}")

if(NOT MEMBENCH_PYTHON_VERSION IN_LIST known_versions)
  list(JOIN known_versions ", " known)
  message(FATAL_ERROR "'${MEMBENCH_PYTHON_PROGRAM}' is Python ${MEMBENCH_PYTHON_VERSION}, and "
    "membench knows only ${known}.\n"
    "To add one, check harness/worker/counts.c against its headers, then name it in "
    "harness/worker/python.cmake.")
endif()

set(MEMBENCH_PYTHON_INCLUDE "${include_directory}")
set(MEMBENCH_PYTHON_SHARED "${shared_directory}/${shared}")

add_library(membench_python INTERFACE)
if(MEMBENCH_SHARED_PYTHON)
  set(library "${shared_directory}/${shared}")
  target_link_libraries(membench_python INTERFACE "${library}")
else()
  set(library "${archive_directory}/${archive}")
  separate_arguments(libraries UNIX_COMMAND "${libraries}")
  list(REMOVE_DUPLICATES libraries)
  target_compile_options(membench_python INTERFACE -fno-pie)
  # Extension modules find the interpreter's functions in the program itself.
  target_link_options(membench_python INTERFACE -no-pie -Wl,--export-dynamic)
  target_link_libraries(membench_python INTERFACE "${library}" ${libraries})
endif()
target_include_directories(membench_python SYSTEM INTERFACE "${include_directory}")

foreach(needed IN ITEMS "${library}" "${include_directory}/Python.h")
  if(NOT EXISTS "${needed}")
    message(FATAL_ERROR "'${needed}' is missing.\n"
      "On Debian 12, ci/setup installs it (libpython${MEMBENCH_PYTHON_VERSION}-dev).")
  endif()
endforeach()
message(STATUS "Python ${MEMBENCH_PYTHON_VERSION} of ${MEMBENCH_PYTHON_PROGRAM}: ${library}")
