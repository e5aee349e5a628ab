# One static library per module: bess_module(<name> DEPENDS <modules and libraries its headers need> PRIVATE <libraries its sources need>).
# Sources may use fmt. They are every .cpp in the module's directory (but those matching EXCLUDE), so adding a file to a room edits no list.
function(bess_module name)
  cmake_parse_arguments(ARG "" "EXCLUDE" "DEPENDS;PRIVATE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(ARG_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX ${ARG_EXCLUDE})
  endif()
  if(sources)
    add_library(bess_${name} STATIC ${sources})
    target_include_directories(bess_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(bess_${name} PUBLIC ${ARG_DEPENDS} PRIVATE fmt::fmt ${ARG_PRIVATE})
    bess_warnings(bess_${name})
    bess_precompile(bess_${name})
  else()
    add_library(bess_${name} INTERFACE)
    target_include_directories(bess_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(bess_${name} INTERFACE ${ARG_DEPENDS})
  endif()
endfunction()

function(bess_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion -Wshadow)
  if(BESS_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# For what reads words, prints or checks and computes little: -O3 takes up to twice the compile time of -O1 there, for nothing.
function(bess_optimise_little target)
  if(CMAKE_BUILD_TYPE STREQUAL Release)
    target_compile_options(${target} PRIVATE -O1)
  endif()
endfunction()

# Parses the common headers once instead of once per file. Sources still include all they use; the build that clang-tidy reads (src
# and apps) has this switched off, so a forgotten include does not pass.
# bess_precompile(<target> [<header>...]): with headers of its own, a target gets its own set; else all share one.
function(bess_precompile target)
  set(common <algorithm> <array> <chrono> <cmath> <cstdint> <filesystem> <functional> <limits> <map> <memory> <optional> <span> <string>
    <string_view> <utility> <variant> <vector> <fmt/format.h>)
  if(ARGN)
    target_precompile_headers(${target} PRIVATE ${common} ${ARGN})
    return()
  endif()
  if(NOT TARGET bess_headers)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/headers.cpp CONTENT "")
    add_library(bess_headers OBJECT ${CMAKE_BINARY_DIR}/headers.cpp)
    target_link_libraries(bess_headers PRIVATE Threads::Threads fmt::fmt)
    bess_warnings(bess_headers)
    target_precompile_headers(bess_headers PRIVATE ${common})
  endif()
  target_precompile_headers(${target} REUSE_FROM bess_headers)
endfunction()

# One test program per module: bess_test(<name> LIBS ... [LABELS ...]) from every .cpp in the current directory.
# Each TEST becomes a ctest case; a case whose suite name starts with "Slow" is slow, all others are fast.
# A case has one label that joins its marks ("fast+store+concurrency"), because gtest_discover_tests flattens lists; `ctest -L`
# searches in it, so `-L fast` and `-L concurrency` select as expected. Programs labelled concurrency are also built by the target
# concurrency_tests, for the run under ThreadSanitizer.
function(bess_test name)
  cmake_parse_arguments(ARG "" "" "LIBS;LABELS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(test_${name} ${sources})
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(test_${name} PRIVATE BESS_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(test_${name} PRIVATE ${ARG_LIBS} bess_test_support fmt::fmt GTest::gmock GTest::gtest_main)
  bess_warnings(test_${name})
  bess_optimise_little(test_${name})
  target_precompile_headers(test_${name} REUSE_FROM bess_test_headers)
  list(JOIN ARG_LABELS "+" marks)
  string(REGEX REPLACE "\\+$" "" fast_label "fast+${name}+${marks}")
  gtest_discover_tests(test_${name} DISCOVERY_MODE PRE_TEST TEST_PREFIX "${name}:" TEST_FILTER "-Slow*" PROPERTIES LABELS "${fast_label}" TIMEOUT 300)
  gtest_discover_tests(test_${name} DISCOVERY_MODE PRE_TEST TEST_PREFIX "${name}:slow:" TEST_FILTER "Slow*" TEST_LIST test_${name}_slow PROPERTIES LABELS "slow+${name}" TIMEOUT 1800)
  if("concurrency" IN_LIST ARG_LABELS)
    if(NOT TARGET concurrency_tests)
      add_custom_target(concurrency_tests)
    endif()
    add_dependencies(concurrency_tests test_${name})
  endif()
endfunction()
