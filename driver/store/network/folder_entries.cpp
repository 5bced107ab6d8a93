#include "driver/store/network/folder_entries.h"

#include "driver/store/backoff.h"
#include "driver/store/gdal_errors.h"
#include "driver/store/http/http_settings.h"
#include "driver/store/http/http_words.h"
#include "driver/store/http/throttle.h"
#include "driver/store/network_path.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi_error.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

namespace tiledir::store
{

namespace
{

struct CloseFolder
{
    void operator()(VSIDIR *folder) const { VSICloseDir(folder); }
};

/// Category of the debug messages of a file system on a network; null for others.
const char *debug_key(const std::string &path)
{
    static constexpr std::array<std::pair<const char *, const char *>, 6> kKeys{{{"/vsis3/", "S3"},
                                                                                 {"/vsigs/", "GS"},
                                                                                 {"/vsiaz/", "AZURE"},
                                                                                 {"/vsiadls/", "ADLS"},
                                                                                 {"/vsioss/", "OSS"},
                                                                                 {"/vsiswift/", "SWIFT"}}};
    const auto found =
        std::find_if(kKeys.begin(), kKeys.end(), [&](const auto &key) { return path.rfind(key.first, 0) == 0; });
    return found == kKeys.end() ? nullptr : found->second;
}

/// While it lives, what GDAL would only say when it debugs: it tells a refused listing in no other way.
class Confession
{
public:
    explicit Confession(const char *key)
        : m_before(CPLGetThreadLocalConfigOption("CPL_DEBUG", ""))
        , m_key(key)
    {
        CPLPushErrorHandlerEx(hear, this);
        CPLSetThreadLocalConfigOption("CPL_DEBUG", key);
    }
    ~Confession()
    {
        CPLSetThreadLocalConfigOption("CPL_DEBUG", m_before.empty() ? nullptr : m_before.c_str());
        CPLPopErrorHandler();
    }
    Confession(const Confession &) = delete;
    Confession &operator=(const Confession &) = delete;

    /// The body of the server's answer ("(null)": none came) or an error of GDAL's; nullopt where all went well.
    const std::optional<std::string> &failure() const { return m_failure; }

private:
    static void CPL_STDCALL hear(CPLErr type, CPLErrorNum, const char *message)
    {
        auto *self = static_cast<Confession *>(CPLGetErrorHandlerUserData());
        const std::string category = std::string(self->m_key) + ": ";
        const char *said = type == CE_Debug ? std::strstr(message, category.c_str()) : nullptr;
        if (said != nullptr)
        {
            self->m_failure = said + category.size();
        }
        else if (type >= CE_Failure)
        {
            self->m_failure = message;
        }
    }

    std::string m_before;
    const char *m_key;
    std::optional<std::string> m_failure;
};

/// S3's names of errors have an HTTP status each; GDAL does not tell it.
HttpResponse answer_of(const std::string &body)
{
    static constexpr std::array<std::pair<const char *, long>, 11> kStatuses{
        {{"AccessDenied", kHttpForbidden},
         {"AllAccessDisabled", kHttpForbidden},
         {"InvalidAccessKeyId", kHttpForbidden},
         {"SignatureDoesNotMatch", kHttpForbidden},
         {"InvalidToken", kHttpForbidden},
         {"ExpiredToken", kHttpForbidden},
         {"AuthenticationFailed", kHttpForbidden},
         {"XAdminUserNotFound", kHttpForbidden}, // of versitygw
         {"NoSuchBucket", kHttpNotFound},
         {"SlowDown", kHttpUnavailable},
         {"ServiceUnavailable", kHttpUnavailable}}};
    HttpResponse answer;
    answer.body.assign(body.begin(), body.end());
    const std::string code = error_code_of(answer);
    const auto known =
        std::find_if(kStatuses.begin(), kStatuses.end(), [&code](const auto &status) { return code == status.first; });
    answer.status = known == kStatuses.end() ? 0 : known->second;
    answer.failure = body == "(null)" ? "no answer" : code.empty() ? body.substr(0, 200) : "refused,";
    return answer;
}

/// Nullopt: the listing failed, as `answer` tells.
std::optional<Listing> list(const std::string &folder, Depth depth, CSLConstList options, bool &visited,
                            HttpResponse &answer, const std::function<bool(const VSIDIREntry &)> &visit)
{
    const GdalErrors errors;
    const char *const key = debug_key(folder);
    std::optional<Confession> confession;
    if (key != nullptr)
    {
        confession.emplace(key);
    }
    VSIErrorReset();
    const std::unique_ptr<VSIDIR, CloseFolder> open(VSIOpenDir(folder.c_str(), depth == Depth::Tree ? -1 : 0, options));
    while (const VSIDIREntry *entry = open ? VSIGetNextDirEntry(open.get()) : nullptr)
    {
        visited = true;
        if (!visit(*entry))
        {
            return Listing::Stopped;
        }
    }
    if (confession && confession->failure())
    {
        answer = answer_of(*confession->failure());
    }
    else if (errors.failed() || VSIGetLastErrorNo() == VSIE_HttpError || VSIGetLastErrorNo() >= VSIE_AWSError)
    {
        answer.failure = errors.cause(VSIGetLastErrorMsg());
    }
    else
    {
        return open ? Listing::Whole : Listing::Absent;
    }
    return std::nullopt;
}

/// As for_each_entry(). The options are VSIOpenDir()'s.
Listing list_patiently(const std::string &folder, Depth depth, CPLStringList options,
                       const std::function<bool(const VSIDIREntry &)> &visit)
{
    const auto begun = std::chrono::steady_clock::now();
    options.SetNameValue("CACHE_ENTRIES", "NO");
    const bool is_remote = is_object_store(folder);
    const HttpSettings settings = http_settings_of(folder);
    for (int attempt = 1;; ++attempt)
    {
        if (is_remote)
        {
            VSICurlPartialClearCache(folder.c_str());
        }
        bool visited = false;
        HttpResponse answer;
        if (const auto listing = list(folder, depth, options.List(), visited, answer, visit))
        {
            return *listing;
        }
        answer.attempts = attempt;
        const std::chrono::duration<double> tried = std::chrono::steady_clock::now() - begun;
        const bool may_pass = answer.status == 0 || answer.status == kHttpUnavailable;
        const bool is_worth_waiting = asks_for_fewer(answer.status) || says_expired(answer);
        if (visited || !is_remote ||
            !((may_pass && attempt <= settings.retries) || (is_worth_waiting && tried.count() < settings.patience)))
        {
            throw StoreError(folder, "cannot list: " + words_of(answer));
        }
        pause_after(attempt + 3);
    }
}

} // namespace

Listing for_each_entry(const std::string &folder, Depth depth, bool with_times,
                       const std::function<bool(const VSIDIREntry &)> &visit)
{
    CPLStringList options;
    if (!with_times)
    {
        options.SetNameValue("NAME_AND_TYPE_ONLY", "YES");
    }
    return list_patiently(folder, depth, options, visit);
}

void remove_empty_folder(const std::string &folder)
{
    const bool in_memory = folder.rfind("/vsimem", 0) == 0;
    const CPLStringList names(in_memory ? VSIReadDir(folder.c_str()) : nullptr);
    if (names.empty())
    {
        VSIRmdir(folder.c_str());
    }
}

bool is_listed(const std::string &path)
{
    const std::string name = path.substr(path.rfind('/') + 1);
    CPLStringList options;
    options.SetNameValue("PREFIX", name.c_str());
    const auto is_another = [&name](const VSIDIREntry &entry) { return name != entry.pszName; };
    return list_patiently(path.substr(0, path.rfind('/')), Depth::Folder, options, is_another) == Listing::Stopped;
}

} // namespace tiledir::store
