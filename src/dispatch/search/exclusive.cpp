#include "dispatch/search/exclusive.h"

namespace bess::dispatch {

namespace {

std::unique_ptr<SearchStep> make_step(Step step) {
  switch (step) {
    case Step::relaxation:
      return make_relaxation();
    case Step::joint_rounds:
      return make_joint_rounds();
    case Step::rounding:
      return make_rounding();
    case Step::known_directions:
      return make_known_directions();
    case Step::careful_rounding:
      return make_careful_rounding();
    case Step::done:
      break;
  }
  return nullptr;
}

}  // namespace

ExclusiveSearch::ExclusiveSearch(const WindowProblem& window, const SearchOptions& options) : context_(window, options) {
  enter(Step::relaxation);
}

ExclusiveSearch::ExclusiveSearch(const WindowProblem& window, const SearchOptions& options, const Schedule& relaxation, double bound_eur)
    : context_(window, options) {
  context_.bound_eur = bound_eur;
  context_.relaxed = relaxation;
  context_.status = lp::SolveStatus::optimal;
  follow(judge_relaxation(context_));
}

void ExclusiveSearch::enter(Step step) {
  step_ = step;
  doing_ = make_step(step);
  if (doing_ != nullptr) follow(doing_->begin(context_));
}

void ExclusiveSearch::follow(Outcome outcome) {
  if (outcome != Outcome::asks_lp) enter(step_after(step_, outcome));
}

const WindowLp* ExclusiveSearch::next() {
  if (doing_ == nullptr) return nullptr;
  build_lp(context_.window, context_.choice, context_.lp);
  return &context_.lp;
}

void ExclusiveSearch::accept(const lp::Solution& solution, double certified_bound_eur) {
  if (doing_ != nullptr) follow(doing_->accept(context_, solution, certified_bound_eur));
}

DispatchPlan run_search(ExclusiveSearch& search, Backend& backend) {
  lp::Solution solution;
  bool before = false;
  while (const WindowLp* lp = search.next()) {
    const double bound = backend.solve(*lp, solution, search.stats(), !search.relaxing(), before);
    before = !search.relaxing();
    search.accept(solution, lp->constant_eur - bound);
  }
  return search.take();
}

}  // namespace bess::dispatch
