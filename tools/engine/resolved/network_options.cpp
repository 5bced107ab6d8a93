#include "tools/engine/resolved/network_options.h"

#include "driver/store/environment.h"
#include "driver/store/http/http_client.h"
#include "driver/store/network_path.h"
#include "tools/engine/resolved/input_files.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>

#include <array>
#include <memory>
#include <utility>

namespace tiledir::engine
{
namespace
{

constexpr std::array<std::pair<const char *, const char *>, 4> kPatience{{{"GDAL_HTTP_MAX_RETRY", "8"},
                                                                          {"GDAL_HTTP_RETRY_DELAY", "0.2"},
                                                                          {"TILEDIR_HTTP_PATIENCE", "120"},
                                                                          {"CPL_VSIL_NETWORK_STATS_ENABLED", "YES"}}};

/// GDAL lists by the options of the bucket alone; empty: there is none.
std::string bucket_of(const std::string &path)
{
    const auto name = path.find('/', 1);
    const auto end = name == std::string::npos ? name : path.find('/', name + 1);
    return store::is_on_network(path) && path.rfind("/vsicurl", 0) != 0 ? path.substr(0, end) : "";
}

void set_options(const std::string &path, const std::map<std::string, std::string> &options)
{
    for (const std::string &prefix : {bucket_of(path), fixed_part(path)})
    {
        for (const auto &[key, value] : options)
        {
            if (!prefix.empty())
            {
                VSISetPathSpecificOption(prefix.c_str(), key.c_str(), value.c_str());
            }
        }
    }
}

/// Adds the requests of one part of GDAL's statistics: methods, each with a count and bytes.
void add_methods(const nlohmann::json &methods, Json &counts)
{
    for (const auto &[method, numbers] : methods.items())
    {
        counts[method] = counts.value(method, std::int64_t{0}) + numbers.value("count", std::int64_t{0});
        counts["bytes_received"] =
            counts["bytes_received"].get<std::int64_t>() + numbers.value("downloaded_bytes", std::int64_t{0});
        counts["bytes_sent"] =
            counts["bytes_sent"].get<std::int64_t>() + numbers.value("uploaded_bytes", std::int64_t{0});
    }
}

} // namespace

void apply_gdal_options(const Recipe &recipe)
{
    for (const auto &[name, input] : recipe.inputs)
    {
        for (const std::string &path : input.paths)
        {
            set_options(path, input.gdal_options);
        }
    }
    set_options(recipe.output_path, recipe.output_gdal_options);
    set_options(recipe.journal_path, recipe.journal_gdal_options);
}

void apply_journal_options(const Json &saved)
{
    const Json &journal = saved["journal"];
    if (journal["path"].is_null() || journal["gdal_options"].is_null())
    {
        return;
    }
    std::map<std::string, std::string> options;
    for (const auto &[key, value] : journal["gdal_options"].items())
    {
        if (value != kHidden)
        {
            options[key] = store::with_environment(value.get<std::string>());
        }
    }
    set_options(store::vsi_path(store::with_environment(journal["path"].get<std::string>())), options);
}

void prepare_network()
{
    for (const auto &[key, value] : kPatience)
    {
        if (CPLGetConfigOption(key, nullptr) == nullptr)
        {
            CPLSetConfigOption(key, value);
        }
    }
}

Json network_counts()
{
    const store::HttpCounts ours = store::HttpClient::of_process().counts();
    Json counts = Json::object();
    for (const auto &[method, count] : ours.requests)
    {
        counts[method] = count;
    }
    counts["again"] = ours.again;
    counts["slow_down"] = ours.slow_downs;
    counts["bytes_received"] = ours.received;
    counts["bytes_sent"] = ours.sent;
    const std::unique_ptr<char, decltype(&VSIFree)> text(VSINetworkStatsGetAsSerializedJSON(nullptr), VSIFree);
    const auto gdal = nlohmann::json::parse(text ? text.get() : "{}", nullptr, false);
    if (gdal.is_object() && gdal.contains("methods"))
    {
        add_methods(gdal["methods"], counts);
    }
    return counts;
}

} // namespace tiledir::engine
