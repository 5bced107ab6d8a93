#include "driver/store/http/http_client.h"

#include "driver/store/http/http_transfer.h"
#include "driver/store/http/http_words.h"
#include "driver/store/http/throttle.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <mutex>
#include <random>
#include <string_view>
#include <utility>

namespace tiledir::store
{

namespace
{

using Clock = std::chrono::steady_clock;

constexpr int kMaxWait = 1000;   ///< milliseconds between two looks at what is delayed
constexpr double kMaxDelay = 30; ///< seconds before a retry
constexpr double kMaxDelayOfPatience = 5;
constexpr int kAttemptsInSilence = 3; ///< one or two are lost now and then

bool may_pass(const HttpResponse &response)
{
    const long status = response.status;
    return status == 0 || says_conflict(response) || is_absence_of_another(response) || status == 429 ||
           status == 500 || (status >= 502 && status <= 504);
}

int milliseconds(Clock::duration time)
{
    const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(time).count() + 1;
    return static_cast<int>(std::clamp<long long>(count, 0, kMaxWait));
}

/// Who has patience asks again every few seconds.
bool is_worth_waiting(const HttpResponse &response)
{
    return asks_for_fewer(response.status) || says_expired(response);
}

double delay_before(int attempt, double first, double most)
{
    thread_local std::minstd_rand random(std::random_device{}());
    const double jitter = std::uniform_real_distribution<double>(0.5, 1.5)(random);
    return std::min(most, first * std::ldexp(1.0, std::min(attempt - 1, 16))) * jitter;
}

} // namespace

/// A multi handle: libcurl keeps the connections in it.
class HttpClient::Connections
{
public:
    Connections()
        : m_multi(curl_multi_init())
    {
        if (m_multi == nullptr)
        {
            throw StoreError("libcurl cannot start");
        }
        curl_multi_setopt(m_multi, CURLMOPT_MAXCONNECTS, 128L);
    }
    ~Connections() { curl_multi_cleanup(m_multi); }
    Connections(const Connections &) = delete;
    Connections &operator=(const Connections &) = delete;
    CURLM *get() const { return m_multi; }

private:
    CURLM *m_multi;
};

/// What calls share one after the other.
class HttpClient::Pool
{
public:
    /// Connections that nobody uses. Those of a process that this one was forked from are left to it.
    std::unique_ptr<Connections> take()
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        if (m_process != getpid())
        {
            for (auto &idle : m_idle)
            {
                idle.release(); // NOLINT(bugprone-unused-return-value): not ours to close
            }
            m_idle.clear();
            m_process = getpid();
        }
        if (m_idle.empty())
        {
            return std::make_unique<Connections>();
        }
        auto connections = std::move(m_idle.back());
        m_idle.pop_back();
        return connections;
    }
    void give_back(std::unique_ptr<Connections> connections)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_idle.push_back(std::move(connections));
    }

    void count(const HttpTransfer &transfer, bool again)
    {
        const HttpResponse &response = transfer.response;
        const std::lock_guard<std::mutex> lock(m_mutex);
        ++m_counts.requests[transfer.verb];
        m_counts.again += again ? 1 : 0;
        m_counts.slow_downs += asks_for_fewer(response.status) ? 1 : 0;
        if (again && response.status == 0 && transfer.attempt >= kAttemptsInSilence)
        {
            ++m_counts.unanswered;
            m_counts.no_answer = response.failure;
        }
        m_counts.sent += static_cast<std::int64_t>(transfer.body_size);
        m_counts.received += static_cast<std::int64_t>(response.body.size());
    }

    HttpCounts counts() const
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        HttpCounts counts = m_counts;
        for (const auto &[server, throttle] : m_throttles)
        {
            if (const double rate = throttle->rate(); rate > 0)
            {
                counts.rate = counts.rate > 0 ? std::min(counts.rate, rate) : rate;
            }
        }
        return counts;
    }

    std::shared_ptr<Throttle> throttle_of(const std::string &server)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        auto &throttle = m_throttles[server];
        if (!throttle)
        {
            throttle = std::make_shared<Throttle>();
        }
        return throttle;
    }

private:
    mutable std::mutex m_mutex;
    HttpCounts m_counts;
    pid_t m_process = getpid();
    std::vector<std::unique_ptr<Connections>> m_idle;
    std::map<std::string, std::shared_ptr<Throttle>> m_throttles;
};

/// One call of send().
class HttpClient::Batch
{
public:
    Batch(Pool &pool, Throttle &throttle, Connections &connections, const HttpSettings &settings,
          const MakeRequest &make, const Done &done)
        : m_pool(pool)
        , m_throttle(throttle)
        , m_multi(connections.get())
        , m_settings(settings)
        , m_make(make)
        , m_done(done)
    {
    }
    ~Batch()
    {
        for (const auto &[easy, transfer] : m_under_way)
        {
            curl_multi_remove_handle(m_multi, easy);
        }
    }
    Batch(const Batch &) = delete;
    Batch &operator=(const Batch &) = delete;

    void run(std::size_t count)
    {
        std::size_t next = 0;
        while (next < count || !m_under_way.empty() || !m_delayed.empty())
        {
            while (next < count || is_delayed_one_due())
            {
                auto place = m_throttle.place(static_cast<int>(m_under_way.size()), m_settings.max_connections);
                if (!place)
                {
                    break;
                }
                if (is_delayed_one_due())
                {
                    const Try attempt = m_delayed.begin()->second;
                    m_delayed.erase(m_delayed.begin());
                    start(attempt, std::move(place));
                }
                else
                {
                    start({next++, 1, Clock::now()}, std::move(place));
                }
            }
            advance(next < count);
        }
    }

private:
    struct Try
    {
        std::size_t index;
        int attempt;
        Clock::time_point first; ///< when the first attempt was made
    };

    bool is_delayed_one_due() const { return !m_delayed.empty() && m_delayed.begin()->first <= Clock::now(); }

    void start(const Try &attempt, Throttle::Place place)
    {
        auto transfer = std::make_unique<HttpTransfer>();
        transfer->place = std::move(place);
        transfer->index = attempt.index;
        transfer->attempt = attempt.attempt;
        transfer->first = attempt.first;
        if (m_unused.empty())
        {
            transfer->easy.reset(curl_easy_init());
        }
        else
        {
            transfer->easy = std::move(m_unused.back());
            m_unused.pop_back();
            curl_easy_reset(transfer->easy.get());
        }
        if (transfer->easy == nullptr)
        {
            throw std::bad_alloc();
        }
        transfer->prepare(m_settings, m_make(attempt.index));
        CURL *easy = transfer->easy.get();
        m_under_way.emplace(easy, std::move(transfer));
        curl_multi_add_handle(m_multi, easy);
    }

    void advance(bool has_more)
    {
        int running = 0;
        curl_multi_perform(m_multi, &running);
        bool ended = false;
        int left = 0;
        while (const CURLMsg *message = curl_multi_info_read(m_multi, &left))
        {
            if (message->msg == CURLMSG_DONE)
            {
                ended = true;
                finish(message->easy_handle, message->data.result);
            }
        }
        if (ended)
        {
            return;
        }
        int wait = kMaxWait;
        const auto turn = m_throttle.until_next();
        if (turn > Clock::duration::zero() && (has_more || is_delayed_one_due()))
        {
            wait = milliseconds(turn);
        }
        // One that is due and has no place waits for an answer.
        if (!m_delayed.empty() && (m_under_way.empty() || !is_delayed_one_due()))
        {
            wait = std::min(wait, milliseconds(m_delayed.begin()->first - Clock::now()));
        }
        curl_multi_poll(m_multi, nullptr, 0, wait, nullptr);
    }

    void finish(CURL *easy, CURLcode result)
    {
        const auto found = m_under_way.find(easy);
        const std::unique_ptr<HttpTransfer> transfer = std::move(found->second);
        m_under_way.erase(found);
        curl_multi_remove_handle(m_multi, easy);
        HttpResponse &response = transfer->response;
        if (transfer->too_large)
        {
            response.failure = "is larger than " + std::to_string(m_settings.max_body) + " bytes";
        }
        else if (result == CURLE_OK)
        {
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response.status);
        }
        else
        {
            response.failure = transfer->error[0] != '\0' ? transfer->error.data() : curl_easy_strerror(result);
        }
        response.no_server = result == CURLE_COULDNT_CONNECT || result == CURLE_COULDNT_RESOLVE_HOST ||
                             result == CURLE_COULDNT_RESOLVE_PROXY;
        long version = 0;
        curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
        if (version == CURL_HTTP_VERSION_1_0)
        {
            m_throttle.note_close();
        }
        response.has_codes = m_settings.has_codes && transfer->verb != std::string_view("HEAD");
        response.attempts = transfer->attempt;
        response.sent_again = transfer->attempt > 1 || transfer->sendings > 1;
        m_unused.push_back(std::move(transfer->easy));
        transfer->place.reset();
        m_throttle.note(response.status, transfer->sent, m_settings.max_connections, m_settings.patience > 0);
        const bool again = !transfer->too_large && is_worth_another(*transfer);
        m_pool.count(*transfer, again);
        if (again)
        {
            const double most = is_worth_waiting(response) ? kMaxDelayOfPatience : kMaxDelay;
            const std::chrono::duration<double> delay(delay_before(transfer->attempt, m_settings.retry_delay, most));
            m_delayed.emplace(Clock::now() + std::chrono::duration_cast<Clock::duration>(delay),
                              Try{transfer->index, transfer->attempt + 1, transfer->first});
            return;
        }
        m_done(transfer->index, std::move(response));
    }

    bool is_worth_another(const HttpTransfer &transfer) const
    {
        const HttpResponse &response = transfer.response;
        const std::chrono::duration<double> tried = Clock::now() - transfer.first;
        return (may_pass(response) && transfer.attempt <= m_settings.retries) ||
               (is_worth_waiting(response) && tried.count() < m_settings.patience);
    }

    Pool &m_pool;
    Throttle &m_throttle;
    CURLM *m_multi;
    const HttpSettings &m_settings;
    const MakeRequest &m_make;
    const Done &m_done;
    std::map<CURL *, std::unique_ptr<HttpTransfer>> m_under_way;
    std::multimap<Clock::time_point, Try> m_delayed;
    std::vector<HttpTransfer::Easy> m_unused;
};

HttpClient::HttpClient()
    : m_pool(std::make_unique<Pool>())
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

HttpClient &HttpClient::of_process()
{
    // Never destroyed: at the process's end the TLS library may be gone before it.
    static HttpClient &client = *new HttpClient;
    return client;
}

void HttpClient::send(const std::string &server, std::size_t count, const HttpSettings &settings,
                      const MakeRequest &make, const Done &done)
{
    const auto throttle = m_pool->throttle_of(server);
    auto connections = m_pool->take();
    {
        Batch batch(*m_pool, *throttle, *connections, settings, make, done);
        batch.run(count); // what it throws closes the connections
    }
    m_pool->give_back(std::move(connections));
}

HttpCounts HttpClient::counts() const
{
    return m_pool->counts();
}

HttpResponse HttpClient::send(const std::string &server, const HttpSettings &settings,
                              const std::function<HttpRequest()> &make)
{
    HttpResponse answer;
    send(
        server, 1, settings, [&make](std::size_t) { return make(); },
        [&answer](std::size_t, HttpResponse &&response) { answer = std::move(response); });
    return answer;
}

} // namespace tiledir::store
