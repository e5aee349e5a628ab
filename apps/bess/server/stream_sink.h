#pragma once
// Where the thread of a streamed answer writes: one part is on its way while the next one is made, so that a thread never runs ahead of its
// client.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "bess/server/answer_head.h"
#include "bess/server/http.h"
#include "bess/server/packing.h"

namespace bess::app {

class StreamSink final : public HttpSink {
 public:
  using Sent = std::function<void(bool whole)>;
  /// Sends bytes from another thread and calls back, once, in any case.
  using Send = std::function<void(std::string bytes, Sent done)>;

  /// `client_there`: false once the client is gone or the server is closing.
  StreamSink(const AnswerShape& shape, Send send, std::function<bool()> client_there);
  ~StreamSink() override { (void)wait(); }
  StreamSink(const StreamSink&) = delete;
  StreamSink& operator=(const StreamSink&) = delete;

  bool write(std::string_view text) override;
  bool alive() override { return !gate_->broken && client_there_(); }
  /// Bytes as they are, after those before them.
  bool put(std::string bytes);
  /// The last of it. False: not all has left.
  bool finish();

 private:
  struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool sending{false};
    std::atomic<bool> broken{false};
  };
  [[nodiscard]] std::string framed(std::string_view text) const { return chunked_ ? as_chunk(text) : std::string(text); }
  /// Until the part before has left; false when it has not.
  [[nodiscard]] bool wait();

  const Send send_;
  const std::function<bool()> client_there_;
  const std::shared_ptr<Gate> gate_{std::make_shared<Gate>()};
  const bool chunked_;
  std::optional<GzipPacker> packer_;
};

}  // namespace bess::app
