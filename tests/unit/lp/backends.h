#pragma once
// The solvers a test runs on, by name.

#include <memory>
#include <string>
#include <vector>

#include "dispatch/kernels/kernels.h"
#include "lp/interior_solver.h"
#include "lp/solver.h"

namespace bess::test {

inline std::vector<std::string> backend_names() { return {"own", "generic", "clp", "clp_dual", "clp_primal"}; }

inline std::unique_ptr<lp::Solver> make_backend(const std::string& name) {
  if (name == "own") return dispatch::make_own_dispatch_solver();
  if (name == "generic") return lp::make_own_solver();
  if (name == "clp_dual") return lp::make_clp_solver(lp::ClpAlgorithm::dual_simplex);
  if (name == "clp_primal") return lp::make_clp_solver(lp::ClpAlgorithm::primal_simplex);
  return lp::make_clp_solver();
}

}  // namespace bess::test
