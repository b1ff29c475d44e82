# SPDX-License-Identifier: EUPL-1.2
"""Types of entities with the values of their attributes, by the names of the Smart Data Models.

Attributes that stand here must have such values; others are free. None is required: an entity may say little.
"""

from __future__ import annotations

from collections.abc import Mapping

from stoa.standards.smartdatamodels.facets import (
    AMOUNT,
    COUNT,
    LINK,
    LINKS,
    MOMENT,
    NUMBER,
    OBJECT,
    PLACE,
    SHARE,
    TEXT,
    TRUTH,
    URI,
    WHOLE,
    Facet,
    choice,
    number,
    whole,
)

Model = Mapping[str, Facet]

COMMON: Model = {
    "name": TEXT,
    "alternateName": TEXT,
    "description": TEXT,
    "dataProvider": TEXT,
    "dateCreated": MOMENT,
    "dateModified": MOMENT,
    "source": TEXT,
    "location": PLACE,
    "address": OBJECT,
    "areaServed": TEXT,
    "owner": LINKS,
    "seeAlso": Facet(
        "an address, or a list", lambda v: all(URI.fits(p) for p in (v if isinstance(v, list) else [v]))
    ),
    "refDevice": LINKS,
    "refPointOfInterest": LINK,
}
_SPOTS: dict[str, Facet] = {
    "totalSpotNumber": whole(1),
    "availableSpotNumber": COUNT,
    "occupiedSpotNumber": COUNT,
    "extraSpotNumber": COUNT,
    "outOfServiceSlotNumber": AMOUNT,
    "occupancy": SHARE,
    "occupancyModified": MOMENT,
    "observationDateTime": MOMENT,
    "category": TEXT.many,
    "allowedVehicleType": TEXT.many,
    "chargeType": TEXT.many,
    "requiredPermit": TEXT.many,
    "acceptedPaymentMethod": TEXT.many,
    "priceRatePerMinute": NUMBER,
    "priceCurrency": TEXT,
    "maximumParkingDuration": TEXT,
    "openingHours": TEXT,
    "averageSpotWidth": AMOUNT,
    "averageSpotLength": AMOUNT,
    "parkingSiteId": TEXT,
    "fourWheelerSlots": OBJECT,
    "twoWheelerSlots": OBJECT,
    "unclassifiedSlots": OBJECT,
    "municipalityInfo": OBJECT,
    "refParkingGroup": LINKS,
    "refParkingSpot": LINKS,
    "refParkingAccess": LINKS,
    "images": URI.many,
}
_GASES = "as c6h6 cd co co2 ni no no2 nox o3 pb pm4 pm10 pm25 sh2 so2 volatileOrganicCompoundsTotal pressure charge"
_SOUND = "LAS LAeq LAeq_d LAmax"

MODELS: Mapping[str, Model] = {
    "OffStreetParking": _SPOTS
    | {
        "layout": choice(
            "automatedParkingGarage carports covered field garageBoxes multiLevel multiStorey nested openSpace rooftop"
            " sheds singleLevel surface underground other"
        ).many,
        "occupancyDetectionType": choice("balancing manual modelBased none singleSpaceDetection").many,
        "status": choice(
            "almostFull closed closedAbnormal full fullAtEntrance open openingTimesInForce spacesAvailable"
        ).many,
        "reservationType": choice("mandatory notAvailable optional partly").many,
        "parkingMode": choice("echelonParking parallelParking perpendicularParking").many,
        "highestFloor": WHOLE,
        "lowestFloor": WHOLE,
        "firstAvailableFloor": WHOLE,
        "maximumAllowedHeight": AMOUNT,
        "maximumAllowedWidth": AMOUNT,
        "vehicleEntranceCount": AMOUNT,
        "vehicleExitCount": AMOUNT,
        "accessModified": TEXT,
        "contactPoint": OBJECT,
        "aggregateRating": OBJECT,
    },
    "OnStreetParking": _SPOTS | {"permitActiveHours": OBJECT, "isMetered": TRUTH},
    "ParkingSpot": {
        "status": choice("closed free occupied unknown"),
        "width": AMOUNT,
        "length": AMOUNT,
        "category": TEXT.many,
        "refParkingGroup": LINKS,
        "refParkingSite": LINK,
    },
    "AirQualityObserved": dict.fromkeys(_GASES.split(), AMOUNT)
    | {
        "airQualityIndex": COUNT,
        "airQualityLevel": TEXT,
        "coLevel": TEXT,
        "reliability": SHARE,
        "dateObserved": MOMENT,
        "precipitation": AMOUNT,
        "relativeHumidity": SHARE,
        "temperature": NUMBER,
        "pm1": NUMBER,
        "tpc": COUNT,
        "tsp": COUNT,
        "windDirection": number(-180, 360),
        "windSpeed": AMOUNT,
        "refWeatherObserved": LINK,
    },
    "WeatherObserved": {
        "dateObserved": MOMENT,
        "temperature": NUMBER,
        "feelsLikeTemperature": NUMBER,
        "dewPoint": NUMBER,
        "relativeHumidity": SHARE,
        "atmosphericPressure": AMOUNT,
        "pressureTendency": Facet("a number or a word", lambda v: NUMBER.fits(v) or TEXT.fits(v)),
        "precipitation": AMOUNT,
        "snowHeight": AMOUNT,
        "solarRadiation": NUMBER,
        "illuminance": AMOUNT,
        "streamGauge": NUMBER,
        "uVIndexMax": AMOUNT,
        "visibility": Facet("a distance or a word", lambda v: AMOUNT.fits(v) or TEXT.fits(v)),
        "weatherType": TEXT,
        "windDirection": number(-180, 360),
        "windSpeed": AMOUNT,
        "gustSpeed": AMOUNT,
    },
    "BikeHireDockingStation": {
        "totalSlotNumber": COUNT,
        "freeSlotNumber": COUNT,
        "availableBikeNumber": COUNT,
        "outOfServiceSlotNumber": COUNT,
        "status": Facet("a word, or a list of words", lambda v: TEXT.fits(v) or TEXT.many.fault(v) == ""),
        "openingHours": TEXT,
        "stationCode": TEXT,
        "stationName": TEXT,
        "observationDate": MOMENT,
        "contactPoint": OBJECT,
    },
    "TrafficFlowObserved": {
        "dateObserved": TEXT,
        "dateObservedFrom": MOMENT,
        "dateObservedTo": MOMENT,
        "intensity": AMOUNT,
        "occupancy": SHARE,
        "averageVehicleSpeed": AMOUNT,
        "averageVehicleLength": AMOUNT,
        "averageGapDistance": AMOUNT,
        "averageHeadwayTime": AMOUNT,
        "congested": TRUTH,
        "reversedLane": TRUTH,
        "laneId": whole(1),
        "laneDirection": choice("forward backward"),
        "vehicleType": TEXT,
        "refRoadSegment": LINK,
    },
    "NoiseLevelObserved": dict.fromkeys(_SOUND.split(), AMOUNT)
    | {
        "dateObserved": TEXT,
        "dateObservedFrom": MOMENT,
        "dateObservedTo": MOMENT,
        "sonometerClass": Facet(
            "0, 1 or 2", lambda v: v in {0, 1, 2, "0", "1", "2"} and not isinstance(v, bool)
        ),
    },
    "Streetlight": {
        "status": choice("ok defectiveLamp columnIssue brokenLantern"),
        "powerState": choice("on off low bootingUp"),
        "circuit": TEXT,
        "dateLastLampChange": MOMENT,
        "dateLastSwitchingOn": MOMENT,
        "dateLastSwitchingOff": MOMENT,
        "dateServiceStarted": MOMENT,
        "illuminanceLevel": SHARE,
        "lanternHeight": AMOUNT,
        "lanternWeight": AMOUNT,
        "refStreetlightGroup": LINK,
        "refStreetlightModel": LINK,
    },
    "WasteContainer": {
        "fillingLevel": SHARE,
        "fillingLevelThreshold": SHARE,
        "cargoWeight": AMOUNT,
        "temperature": NUMBER,
        "methaneConcentration": AMOUNT,
        "dateLastEmptying": MOMENT,
        "dateLastCleaning": MOMENT,
        "nextActuationDeadline": MOMENT,
        "binCapacity": AMOUNT,
        "binMaxLoad": AMOUNT,
        "binRecommendedLoad": AMOUNT,
        "binFullnessThreshold": number(0, 100),
        "binLoggedTime": MOMENT,
        "storedWasteKind": TEXT.many,
        "refWasteContainerIsle": LINK,
        "refWasteContainerModel": LINK,
    },
}
