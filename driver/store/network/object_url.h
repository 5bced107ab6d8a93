// Where an object is that GDAL names by a path of its network file systems.
#pragma once

#include <optional>
#include <string>

namespace tiledir::store
{

/// URL to GET (or HEAD, PUT, DELETE) an object of /vsicurl/, /vsis3/, /vsigs/, /vsiaz/ or /vsioss/ by, signed by GDAL
/// with the credentials that it has now; good for an hour, what writes or deletes for a quarter of one: so late a copy
/// that a network kept can still come. nullopt where there is none, and only GDAL itself can read
/// the object: other file systems, /vsicurl? with options, credentials that sign no URLs (OAuth), requester pays.
std::optional<std::string> object_url(const std::string &path, const char *method = "GET");

} // namespace tiledir::store
