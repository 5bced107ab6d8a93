#include "tools/engine/executors/worker.h"

#include "driver/journal/intent.h"
#include "driver/journal/output_layout.h"
#include "driver/journal/pause_watch.h"
#include "driver/store/opening/open_store.h"
#include "stac/error.h"
#include "stac/json/json_document.h"
#include "stac/version.h"
#include "tools/engine/host/memory.h"
#include "tools/engine/host/network_watch.h"
#include "tools/engine/host/stop_request.h"
#include "tools/engine/making/batch_runner.h"
#include "tools/engine/resolved/network_options.h"
#include "tools/engine/resolved/resolve.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iostream>
#include <mutex>
#include <thread>
#include <utility>

namespace tiledir::engine
{
namespace
{

constexpr int kProtocol = 1;
/// So often a worker makes durable, and says, what it has made of a batch.
constexpr std::chrono::seconds kSayInterval{2};

/// Where answers go, from any thread: the standard output of the process. Whatever else prints there goes to stderr
/// from now on.
class Answers
{
public:
    Answers()
        : m_output(dup(STDOUT_FILENO))
    {
        dup2(STDERR_FILENO, STDOUT_FILENO);
    }
    Answers(const Answers &) = delete;
    Answers &operator=(const Answers &) = delete;
    ~Answers() { close(m_output); }

    void say(const Json &json) const
    {
        const std::string line = stac::text_of_json(json, -1) + "\n";
        const std::lock_guard<std::mutex> lock(m_mutex);
        for (std::size_t written = 0; written < line.size();)
        {
            const ssize_t count = write(m_output, line.data() + written, line.size() - written);
            if (count < 0 && errno != EINTR)
            {
                std::_Exit(0); // nobody listens any more
            }
            written += count > 0 ? static_cast<std::size_t>(count) : 0;
        }
    }

private:
    int m_output;
    mutable std::mutex m_mutex;
};

/// Lines of standard input, read by a thread of its own so that its end is seen while a batch is made.
class Questions
{
public:
    explicit Questions(const StopToken &stop)
        : m_stop(stop)
        , m_thread([this] { read(); })
    {
        m_thread.detach(); // it ends with the process
    }
    Questions(const Questions &) = delete;
    Questions &operator=(const Questions &) = delete;

    /// Empty: there is no more.
    std::string next()
    {
        std::unique_lock<std::mutex> lock(m_mutex);
        while (m_lines.empty() && !m_stop.is_asked())
        {
            m_changed.wait_for(lock, std::chrono::milliseconds(100));
        }
        if (m_lines.empty())
        {
            return "";
        }
        std::string line = std::move(m_lines.front());
        m_lines.pop_front();
        return line;
    }

    /// From now on the end of the input is no reason to end.
    void is_over() { m_is_over = true; }

private:
    void read()
    {
        bool is_end = false;
        for (std::string line; !is_end && std::getline(std::cin, line);)
        {
            if (line.empty())
            {
                continue;
            }
            is_end = line == R"({"end":true})";
            const std::lock_guard<std::mutex> lock(m_mutex);
            m_lines.push_back(is_end ? "" : line);
            m_changed.notify_all();
        }
        if (!is_end && !m_is_over)
        {
            std::_Exit(0);
        }
    }

    const StopToken m_stop;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::string> m_lines;
    std::atomic<bool> m_is_over{false};
    std::thread m_thread;
};

/// By which others see the run that a worker works for; empty where it works for none.
struct RunIntent
{
    std::string key;
    std::string id;
};

/// Makes batches and says what comes of them.
class Worker
{
public:
    Worker(const ResolvedRecipe &resolved, store::Store &store, const Answers &answers, const RunIntent &intent,
           const StopToken &stop)
        : m_resolved(resolved)
        , m_store(store)
        , m_answers(answers)
        , m_intent(intent)
        , m_writes(writers_of(resolved.recipe.output_path))
        , m_kept(most_kept_bytes(resolved.recipe.output_path))
        , m_context{resolved,
                    store,
                    m_writes,
                    m_kept,
                    m_slots,
                    [this](const stac::TileId &tile, bool stored, std::size_t bytes) { made(tile, stored, bytes); },
                    [this](const TileFailure &failure) { failed(failure); },
                    [this](const Portion &portion) {
                        m_answers.say({{"at", to_json(m_resolved.grid, portion)}});
                    },
                    [this] {
                        m_answers.say({{"waits", true}});
                    },
                    [stop] { return stop.is_asked(); },
                    [](const stac::TileId &) { return true; },
                    [this] { check_after_pause(); }}
        , m_runner(m_context)
    {
    }

    void make(const BatchOrder &order)
    {
        forget_peak_memory();
        m_report = std::make_unique<Report>();
        const auto writes = std::make_shared<WriteQueue::Group>();
        m_runner.make(order, *m_report, writes);
        m_context.waits();
        m_writes.finish(*writes);
        say_made();
        m_answers.say(end_of(*m_report));
    }

private:
    /// Before a tile is written: should this process have stood still, does its run still make this output?
    void check_after_pause()
    {
        if (!m_intent.key.empty() && m_pauses.is_after_pause())
        {
            journal::Intent::check(m_store, m_intent.key, m_intent.id);
            m_pauses.go_on();
        }
    }

    void made(const stac::TileId &tile, bool stored, std::size_t bytes)
    {
        Json json = to_json(m_resolved.grid, tile);
        json.push_back(stored ? 1 : 0);
        json.push_back(bytes);
        {
            const std::lock_guard<std::mutex> lock(m_mutex);
            m_made.push_back(std::move(json));
            if (std::chrono::steady_clock::now() - m_said < kSayInterval)
            {
                return;
            }
        }
        say_made();
    }

    void failed(const TileFailure &failure)
    {
        m_report->failed(failure);
        m_answers.say({{"failed",
                        {{{"tile", to_json(m_resolved.grid, failure.tile)},
                          {"cause", failure.cause},
                          {"attempts", failure.attempts},
                          {"reason", m_resolved.recipe.secrets.redacted(failure.reason)}}}}});
    }

    void say_made()
    {
        Json made;
        {
            const std::lock_guard<std::mutex> lock(m_mutex);
            m_said = std::chrono::steady_clock::now();
            made = std::exchange(m_made, Json::array());
        }
        if (!made.empty())
        {
            m_store.sync();
            m_answers.say({{"made", std::move(made)}});
        }
    }

    Json end_of(const Report &report)
    {
        Json json = {{"end", true}, {"held_back", Json::array()}, {"retries", report.retries()}};
        stac::LevelSets unmade = report.unmade();
        for (const auto &failure : report.failures())
        {
            unmade.erase(failure.tile);
        }
        unmade.for_each([&](const stac::TileId &tile) { json["held_back"].push_back(to_json(m_resolved.grid, tile)); });
        for (std::size_t phase = 0; phase < kPhaseNames.size(); ++phase)
        {
            json["seconds"][kPhaseNames[phase]] = report.seconds(static_cast<Phase>(phase));
        }
        json["slowest"] = Json::array();
        for (const auto &timing : report.slowest())
        {
            json["slowest"].push_back({to_json(m_resolved.grid, timing.portion), timing.seconds});
        }
        json["peak_memory"] = peak_memory();
        const Json requests = network_counts();
        json["requests"] = Json::object();
        for (const auto &[kind, count] : requests.items())
        {
            json["requests"][kind] = count.get<std::int64_t>() - m_requests.value(kind, std::int64_t{0});
        }
        m_requests = requests;
        return json;
    }

    const ResolvedRecipe &m_resolved;
    store::Store &m_store;
    const Answers &m_answers;
    const RunIntent m_intent;
    journal::PauseWatch m_pauses{journal::kPauseToNotice};
    std::unique_ptr<Report> m_report; ///< of the batch that is being made
    WriteQueue m_writes;
    KeptTiles m_kept;
    ComputeSlots m_slots{1};
    const BatchContext m_context;
    BatchRunner m_runner;
    std::mutex m_mutex;               ///< guards what is made
    Json m_requests = Json::object(); ///< said already
    Json m_made = Json::array();      ///< not yet durable
    std::chrono::steady_clock::time_point m_said = std::chrono::steady_clock::now();
};

/// The recipe that is saved in an output.
Recipe saved_recipe(const std::string &output, const ProcessRegistry &processes)
{
    const auto store = store::open_store(output);
    const std::string key = journal::kRecipeKey;
    const auto text = store->read_text(key);
    if (!text)
    {
        throw InputError(store->path(key), "is absent: no run has begun there");
    }
    return Recipe::parse(*text, store->path(key), {{"output.path", output}}, processes);
}

/// The recipe of the line `{"recipe": {...}, "log": LEVEL, "intent": [KEY, ID]}`.
Recipe given_recipe(const std::string &line, RunIntent &intent, const ProcessRegistry &processes)
{
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("recipe"))
    {
        throw InputError("standard input: the first line is not {\"recipe\": ...}, and no output is named");
    }
    spdlog::set_level(spdlog::level::from_str(json.value("log", "info")));
    if (json.contains("intent"))
    {
        intent = {json["intent"].at(0), json["intent"].at(1)};
    }
    return Recipe::parse(json["recipe"].dump(), "recipe of the run", {}, processes);
}

} // namespace

int serve_batches(const std::string &output, const ProcessRegistry &processes)
{
    catch_termination();
    const StopToken stop = stop_signals();
    const Answers answers;
    Questions questions(stop);
    int exit_code = 0;
    try
    {
        RunIntent intent;
        const auto resolved = resolve(
            output.empty() ? given_recipe(questions.next(), intent, processes) : saved_recipe(output, processes), stop);
        const auto store = store::open_store(resolved->recipe.output_path);
        Worker worker(*resolved, *store, answers, intent, stop);
        const NetworkWatch watch;
        answers.say({{"ready", kProtocol}, {"version", kVersion}});
        for (std::string line; !stop.is_asked() && !(line = questions.next()).empty();)
        {
            worker.make(order_from_json(resolved->grid, Json::parse(line)));
        }
    }
    catch (const std::exception &error)
    {
        questions.is_over();
        answers.say({{"refused", error.what()}});
        exit_code = 4;
    }
    std::cout.flush();
    std::_Exit(exit_code); // the thread that reads may still wait
}

} // namespace tiledir::engine
