// A stage has room for every legal set of features, and for more products beside all of them; what does not fit is found in every build.
#include <gtest/gtest.h>

#include <stdexcept>

#include "unit/lp/random_lp.h"

namespace bess::test {
namespace {

using dispatch::make_shape;
using lp::Block;

TEST(Capacity, EveryLegalSetOfFeaturesFits) {
  int most_states = 0;
  int most_controls = 0;
  int most_rows = 0;
  for (const dispatch::Features& features : all_features()) {
    const lp::Pattern p = make_shape(features).pattern;
    most_states = std::max(most_states, p.states);
    most_controls = std::max(most_controls, p.controls);
    most_rows = std::max({most_rows, p.rows, p.entry_rows});
    for (int r = 0; r < p.rows; ++r) {
      const lp::Row& row = p.row[static_cast<std::size_t>(r)];
      for (int i = 0; i < row.size; ++i) {
        const lp::Term& term = row.terms[static_cast<std::size_t>(i)];
        ASSERT_LT(term.index, term.block == Block::control ? p.controls : p.states) << describe(features) << ", row " << r;
      }
    }
  }
  // Today's largest window, and two reserve products and two energy products more.
  EXPECT_EQ(most_states, 8);
  EXPECT_LE(most_states + 4, lp::max_states);
  EXPECT_LE(most_controls + 4, lp::max_controls);
  EXPECT_LE(most_rows + 8, lp::max_rows);
}

TEST(Capacity, WhatDoesNotFitStops) {
  lp::Pattern p;
  for (int i = 0; i < lp::max_states; ++i) EXPECT_EQ(p.add_state(), i);
  for (int i = 0; i < lp::max_controls; ++i) EXPECT_EQ(p.add_control(), i);
  for (int i = 0; i < lp::max_rows; ++i) {
    (void)p.add_row();
    (void)p.add_entry_row();
  }
  EXPECT_THROW((void)p.add_state(), std::logic_error);
  EXPECT_THROW((void)p.add_control(), std::logic_error);
  EXPECT_THROW((void)p.add_row(), std::logic_error);
  EXPECT_THROW((void)p.add_entry_row(), std::logic_error);
  lp::Row& row = p.row.front();
  for (int i = 0; i < lp::max_terms; ++i) row.add(Block::state, 0, 1);
  EXPECT_THROW(row.add(Block::state, 0, 1), std::logic_error);
}

}  // namespace
}  // namespace bess::test
