#include "driver/store/network/object_url.h"

#include "driver/store/gdal_errors.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace tiledir::store
{

namespace
{

struct SignedFileSystem
{
    const char *prefix;
    const char *no_sign_option;
};

constexpr std::array<SignedFileSystem, 4> kSigned{{{"/vsis3/", "AWS_NO_SIGN_REQUEST"},
                                                   {"/vsigs/", "GS_NO_SIGN_REQUEST"},
                                                   {"/vsiaz/", "AZURE_NO_SIGN_REQUEST"},
                                                   {"/vsioss/", "OSS_NO_SIGN_REQUEST"}}};

/// What no URL may hold as it is.
std::string escaped(const std::string &url)
{
    std::string text;
    for (const char letter : url)
    {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte <= 0x20 || byte >= 0x7f)
        {
            std::array<char, 4> code{};
            CPLsnprintf(code.data(), code.size(), "%%%02X", byte);
            text += code.data();
        }
        else
        {
            text += letter;
        }
    }
    return text;
}

std::optional<std::string> plain_url(const std::string &path)
{
    static const std::array<std::string, 2> kPrefixes{"/vsicurl/http://", "/vsicurl/https://"};
    const bool plain = std::any_of(kPrefixes.begin(), kPrefixes.end(),
                                   [&](const std::string &prefix) { return path.rfind(prefix, 0) == 0; });
    constexpr std::size_t kHandler = 9; // "/vsicurl/"
    if (!plain)
    {
        return std::nullopt;
    }
    const std::string query = VSIGetPathSpecificOption(path.c_str(), "VSICURL_QUERY_STRING", ""); // as GDAL 3.11 has it
    const char *const joint = path.find('?') == std::string::npos ? "?" : "&";
    return escaped(path.substr(kHandler) + (query.empty() ? "" : joint + query.substr(query[0] == '?' ? 1 : 0)));
}

} // namespace

std::optional<std::string> object_url(const std::string &path, const char *method)
{
    if (auto url = plain_url(path))
    {
        return url;
    }
    const auto system = std::find_if(kSigned.begin(), kSigned.end(),
                                     [&](const SignedFileSystem &each) { return path.rfind(each.prefix, 0) == 0; });
    const auto option = [&path](const char *key) { return VSIGetPathSpecificOption(path.c_str(), key, ""); };
    if (system == kSigned.end() || *option("AWS_REQUEST_PAYER") != '\0')
    {
        return std::nullopt;
    }
    const GdalErrors quiet;
    if (const char *no_sign = option(system->no_sign_option); *no_sign != '\0' && CPLTestBool(no_sign))
    {
        const char *url = VSIGetActualURL(path.c_str());
        return url == nullptr ? std::nullopt : std::optional(escaped(url));
    }
    CPLStringList options;
    options.SetNameValue("VERB", method);
    // As far as clocks may differ: S3 refuses GDAL's own requests where they differ by more.
    const std::string_view verb = method;
    if (verb == "PUT" || verb == "DELETE")
    {
        options.SetNameValue("EXPIRATION_DELAY", "900");
    }
    const std::unique_ptr<char, decltype(&VSIFree)> url(VSIGetSignedURL(path.c_str(), options.List()), VSIFree);
    return url == nullptr ? std::nullopt : std::optional<std::string>(url.get());
}

} // namespace tiledir::store
