"""The real cities in which the invented events take place."""

from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

__all__ = ["CITIES", "COUNTRIES", "City", "Country"]


@dataclass(frozen=True)
class Country:
    """How one country is written in answers."""

    code: str
    """ISO 3166-1 alpha-2."""

    name: str
    """Free text, as the upstream writes it ("United States Of America")."""

    currency: str
    """ISO 4217."""

    locale: str
    """Locale of the texts of its events, `xx-yy`."""

    region: str
    """Which pool of artists tours here; a key of the name lists."""


@dataclass(frozen=True)
class City:
    """One city: where it is, and how much happens there."""

    name: str
    """The English name, as the upstream prefers it ("Cologne")."""

    state: str
    """Name of the state or province; empty where the upstream publishes none."""

    state_code: str
    """Code of the state; may be empty even where there is a name."""

    country_code: str
    """Key of `COUNTRIES`."""

    zone_name: str
    """IANA time zone."""

    latitude: float
    """Degrees north of the city centre."""

    longitude: float
    """Degrees east of the city centre."""

    postal: str
    """Pattern of a postal code; `#` stands for a digit."""

    weight: int
    """Relative number of events; also decides how many venues there are."""

    dma_id: int
    """Market area id of our own making; 0 where the country has none."""

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.zone_name)

    @property
    def country(self) -> Country:
        """The country it lies in."""
        return COUNTRIES[self.country_code]


COUNTRIES = {
    country.code: country
    for country in (
        Country("US", "United States Of America", "USD", "en-us", "en"),
        Country("CA", "Canada", "CAD", "en-ca", "en"),
        Country("GB", "Great Britain", "GBP", "en-gb", "gb"),
        Country("IE", "Ireland", "EUR", "en-ie", "gb"),
        Country("DE", "Germany", "EUR", "de-de", "de"),
        Country("FR", "France", "EUR", "fr-fr", "fr"),
        Country("ES", "España", "EUR", "es-es", "es"),
        Country("CZ", "Czech Republic", "CZK", "cs-cz", "cs"),
        Country("FI", "Finland", "EUR", "fi-fi", "fi"),
        Country("AU", "Australia", "AUD", "en-au", "au"),
        Country("NZ", "New Zealand", "NZD", "en-nz", "au"),
        Country("MX", "Mexico", "MXN", "es-mx", "es"),
        Country("NP", "Nepal", "NPR", "en-us", "gb"),
    )
}
"""Every country of the pretend world, by ISO code."""

CITIES = (
    City("New York", "New York", "NY", "US", "America/New_York", 40.7505, -73.9934, "100##", 100, 345),
    City("Los Angeles", "California", "CA", "US", "America/Los_Angeles", 34.0522, -118.2437, "900##", 90, 324),
    City("Chicago", "Illinois", "IL", "US", "America/Chicago", 41.8781, -87.6298, "606##", 70, 249),
    City("Houston", "Texas", "TX", "US", "America/Chicago", 29.7604, -95.3698, "770##", 36, 300),
    City("Phoenix", "Arizona", "AZ", "US", "America/Phoenix", 33.4484, -112.0740, "850##", 34, 359),
    City("Philadelphia", "Pennsylvania", "PA", "US", "America/New_York", 39.9526, -75.1652, "191##", 40, 358),
    City("San Francisco", "California", "CA", "US", "America/Los_Angeles", 37.7749, -122.4194, "941##", 42, 382),
    City("San Jose", "California", "CA", "US", "America/Los_Angeles", 37.3382, -121.8863, "951##", 16, 382),
    City("Seattle", "Washington", "WA", "US", "America/Los_Angeles", 47.6062, -122.3321, "981##", 36, 385),
    City("Denver", "Colorado", "CO", "US", "America/Denver", 39.7392, -104.9903, "802##", 36, 264),
    City("Boston", "Massachusetts", "MA", "US", "America/New_York", 42.3601, -71.0589, "021##", 40, 235),
    City("Nashville", "Tennessee", "TN", "US", "America/Chicago", 36.1627, -86.7816, "372##", 38, 343),
    City("Austin", "Texas", "TX", "US", "America/Chicago", 30.2672, -97.7431, "787##", 34, 222),
    City("Miami", "Florida", "FL", "US", "America/New_York", 25.7617, -80.1918, "331##", 30, 334),
    City("Atlanta", "Georgia", "GA", "US", "America/New_York", 33.7490, -84.3880, "303##", 38, 220),
    City("Detroit", "Michigan", "MI", "US", "America/Detroit", 42.3314, -83.0458, "482##", 26, 266),
    City("Minneapolis", "Minnesota", "MN", "US", "America/Chicago", 44.9778, -93.2650, "554##", 28, 336),
    City("New Orleans", "Louisiana", "LA", "US", "America/Chicago", 29.9511, -90.0715, "701##", 24, 344),
    City("Portland", "Oregon", "OR", "US", "America/Los_Angeles", 45.5152, -122.6784, "972##", 24, 362),
    City("Las Vegas", "Nevada", "NV", "US", "America/Los_Angeles", 36.1716, -115.1391, "891##", 54, 319),
    City("Salt Lake City", "Utah", "UT", "US", "America/Denver", 40.7608, -111.8910, "841##", 18, 374),
    City("Boise", "Idaho", "ID", "US", "America/Boise", 43.6150, -116.2023, "837##", 8, 231),
    City("Indianapolis", "Indiana", "IN", "US", "America/Indiana/Indianapolis", 39.7684, -86.1581, "462##", 18, 303),
    City("Honolulu", "Hawaii", "HI", "US", "Pacific/Honolulu", 21.3069, -157.8583, "968##", 8, 299),
    City("Anchorage", "Alaska", "AK", "US", "America/Anchorage", 61.2181, -149.9003, "995##", 5, 217),
    City("Washington", "District of Columbia", "DC", "US", "America/New_York", 38.9072, -77.0369, "200##", 36, 409),
    City("Toronto", "Ontario", "ON", "CA", "America/Toronto", 43.6532, -79.3832, "M5V #A#", 50, 527),
    City("Montreal", "Quebec", "QC", "CA", "America/Toronto", 45.5019, -73.5674, "H2X #B#", 32, 522),
    City("Vancouver", "British Columbia", "BC", "CA", "America/Vancouver", 49.2827, -123.1207, "V6B #C#", 26, 528),
    City("Calgary", "Alberta", "AB", "CA", "America/Edmonton", 51.0447, -114.0719, "T2P #E#", 16, 505),
    City("Ottawa", "Ontario", "ON", "CA", "America/Toronto", 45.4215, -75.6972, "K1P #G#", 12, 519),
    City("Winnipeg", "Manitoba", "MB", "CA", "America/Winnipeg", 49.8951, -97.1384, "R3C #H#", 10, 529),
    City(
        "St. John's", "Newfoundland and Labrador", "NL", "CA", "America/St_Johns", 47.5615, -52.7126, "A1C #J#", 4, 526
    ),
    City("London", "", "", "GB", "Europe/London", 51.5074, -0.1278, "SE1 #QX", 95, 602),
    City("Manchester", "", "", "GB", "Europe/London", 53.4808, -2.2426, "M1 #AB", 36, 603),
    City("Glasgow", "", "", "GB", "Europe/London", 55.8642, -4.2518, "G2 #DF", 28, 604),
    City("Birmingham", "", "", "GB", "Europe/London", 52.4862, -1.8904, "B1 #HJ", 24, 605),
    City("Bristol", "", "", "GB", "Europe/London", 51.4545, -2.5879, "BS1 #LN", 16, 606),
    City("Dublin", "", "", "IE", "Europe/Dublin", 53.3498, -6.2603, "D0#", 32, 0),
    City("Cork", "", "", "IE", "Europe/Dublin", 51.8985, -8.4756, "T12", 8, 0),
    City("Berlin", "", "", "DE", "Europe/Berlin", 52.5200, 13.4050, "101##", 46, 0),
    City("Hamburg", "", "", "DE", "Europe/Berlin", 53.5511, 9.9937, "203##", 28, 0),
    City("Munich", "", "", "DE", "Europe/Berlin", 48.1351, 11.5820, "803##", 26, 0),
    City("Cologne", "", "", "DE", "Europe/Berlin", 50.9375, 6.9603, "506##", 24, 0),
    City("Paris", "", "", "FR", "Europe/Paris", 48.8566, 2.3522, "750##", 54, 0),
    City("Lyon", "", "", "FR", "Europe/Paris", 45.7640, 4.8357, "690##", 16, 0),
    City("Marseille", "", "", "FR", "Europe/Paris", 43.2965, 5.3698, "130##", 12, 0),
    City("Madrid", "Comunidad de Madrid", "", "ES", "Europe/Madrid", 40.4168, -3.7038, "280##", 34, 0),
    City("Barcelona", "Cataluña", "", "ES", "Europe/Madrid", 41.3874, 2.1686, "080##", 28, 0),
    City("Prague", "", "", "CZ", "Europe/Prague", 50.0755, 14.4378, "110 ##", 30, 0),
    City("Brno", "", "", "CZ", "Europe/Prague", 49.1951, 16.6068, "602 ##", 10, 0),
    City("Helsinki", "", "", "FI", "Europe/Helsinki", 60.1699, 24.9384, "001##", 20, 0),
    City("Tampere", "", "", "FI", "Europe/Helsinki", 61.4978, 23.7610, "331##", 8, 0),
    City("Sydney", "New South Wales", "NSW", "AU", "Australia/Sydney", -33.8688, 151.2093, "20##", 44, 702),
    City("Melbourne", "Victoria", "VIC", "AU", "Australia/Melbourne", -37.8136, 144.9631, "30##", 42, 701),
    City("Brisbane", "Queensland", "QLD", "AU", "Australia/Brisbane", -27.4698, 153.0251, "40##", 22, 703),
    City("Perth", "Western Australia", "WA", "AU", "Australia/Perth", -31.9505, 115.8605, "60##", 14, 705),
    City("Adelaide", "South Australia", "SA", "AU", "Australia/Adelaide", -34.9285, 138.6007, "50##", 10, 704),
    City("Auckland", "", "", "NZ", "Pacific/Auckland", -36.8509, 174.7645, "10##", 20, 0),
    City("Wellington", "", "", "NZ", "Pacific/Auckland", -41.2866, 174.7756, "60##", 8, 0),
    City("Mexico City", "Ciudad de México", "", "MX", "America/Mexico_City", 19.4326, -99.1332, "06###", 38, 0),
    City("Monterrey", "Nuevo León", "NL", "MX", "America/Monterrey", 25.6866, -100.3161, "64###", 16, 0),
    City("Guadalajara", "Jalisco", "JAL", "MX", "America/Mexico_City", 20.6597, -103.3496, "44###", 14, 0),
    City("Kathmandu", "", "", "NP", "Asia/Kathmandu", 27.7172, 85.3240, "446##", 3, 0),
)
"""Some sixty cities in thirteen countries and more than twenty time zones (Kathmandu is 5 h 45 min ahead of UTC)."""
